//! Multiply-adds that touch no memory, on every thread: the FMA peak of the instruction set in use, in the same minute as the rows beside it.

use crate::pace::{Metric, Pace};
use crate::repeat::passes;
use crate::row::Row;
use crate::setting::{Outcome, Setting};
use rayon::prelude::*;
use sparring_math::simd::{self, FmaChains, fma_chains};
use std::hint::black_box;

/// Steps of each chain in a call.
const STEPS: usize = 100_000;
/// v ← FACTOR·v + TERM tends to TERM / (1 − FACTOR) = 1.
const FACTOR: f32 = 0.999;
const TERM: f32 = 0.001;

/// The row of this file.
pub fn row() -> Row {
    let run = Box::new(|setting: &Setting, pace: &mut Pace| {
        let steps = setting.size(STEPS, 100);
        let chains = || fma_chains(simd::isa(), black_box(FACTOR), black_box(TERM), steps);
        let mut ends: Vec<FmaChains> = vec![chains(); setting.threads];
        let work = ends.iter().map(|e| e.flops as f64).sum();
        let step = |ends: &mut Vec<FmaChains>| {
            ends.par_iter_mut().with_max_len(1).for_each(|end| *end = chains());
        };
        passes(setting, pace, &mut ends, work, step, |ends| f64::from(ends[0].mean));
        Ok(Outcome::Done)
    });
    Row { threads: &[2, 1], ..Row::new("fma_peak", Metric::Giga("GFLOP/s"), run) }
}
