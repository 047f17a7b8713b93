//! Multiply-adds that touch no memory, on every thread: what the machine can do in the same minute as the rows beside it.

use crate::catalogue::Row;
use crate::pace::Metric;
use crate::repeat::passes;
use crate::setting::Outcome;
use rayon::prelude::*;
use sparring_math::simd::{self, Isa, Kernel};
use std::hint::black_box;

/// Independent chains of one register each: enough for the latency of any multiply-add, few enough for the registers.
const CHAINS: usize = 12;
/// Steps of a chain in a call.
const STEPS: usize = 100_000;

/// The row of this file.
pub fn row() -> Row {
    let run = Box::new(|setting: &crate::setting::Setting, pace: &mut crate::pace::Pace| {
        let mut ends = vec![0.0f32; setting.threads];
        let steps = setting.size(STEPS, 100);
        let lanes = match simd::isa() {
            Isa::Avx512 => 16,
            Isa::Avx2 => 8,
            _ => 4,
        };
        let work = 2.0 * (ends.len() * CHAINS * lanes * steps) as f64;
        let step = |ends: &mut Vec<f32>| {
            ends.par_iter_mut().with_max_len(1).for_each(|end| {
                let (x, y) = (black_box(0.999_f32), black_box(0.001_f32));
                *end = match simd::isa() {
                    Isa::Avx512 => simd::dispatch(Chains::<true, 16> { x, y, steps }),
                    Isa::Avx2 => simd::dispatch(Chains::<true, 8> { x, y, steps }),
                    _ => simd::dispatch(Chains::<false, 4> { x, y, steps }),
                };
            });
        };
        passes(setting, pace, &mut ends, work, step, |ends| f64::from(ends[0]));
        Ok(Outcome::Done)
    });
    Row { threads: &[2, 1], ..Row::new("fma_peak", Metric::Giga("GFLOP/s"), run) }
}

/// v = x·v + y over and over: every v goes to y / (1 − x).
struct Chains<const FUSED: bool, const LANES: usize> {
    x: f32,
    y: f32,
    steps: usize,
}

impl<const FUSED: bool, const LANES: usize> Kernel for Chains<FUSED, LANES> {
    type Output = f32;
    #[inline(always)]
    fn run(self) -> f32 {
        let mut v = [[0.0f32; LANES]; CHAINS];
        for _ in 0..self.steps {
            // Written out, chain by chain: a loop over the chains would keep them in memory.
            macro_rules! step {
                ($($chain:literal)*) => {$(
                    for v in &mut v[$chain] {
                        // Without the instruction a fused multiply-add is a call.
                        *v = if FUSED { v.mul_add(self.x, self.y) } else { *v * self.x + self.y };
                    }
                )*};
            }
            step!(0 1 2 3 4 5 6 7 8 9 10 11);
        }
        v.iter().flatten().sum::<f32>() / (CHAINS * LANES) as f32
    }
}
