//! The multiply-add peak of the machine: independent chains that stay in registers.
#![allow(unsafe_code)]

use super::isa::Isa;

/// What [`fma_chains`] computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FmaChains {
    /// Mean of the last elements of all chains.
    pub mean: f32,
    /// Floating-point operations: one multiplication and one addition for each step of each SIMD lane.
    pub flops: u64,
}

/// v ← x·v + y, `steps` times, in as many independent vector registers as hide the latency of a multiply-add; chain c starts at c.
/// Nothing is loaded or stored inside the loop, so the time is the peak rate of `isa` (or of the baseline, if this machine lacks it).
/// Fused where the instruction set has FMA; the baseline multiplies, then adds.
///
/// For C chains the mean of the results is xⁿ (C − 1)/2 + y (1 − xⁿ)/(1 − x).
///
/// ```
/// use sparring_math::simd::{self, fma_chains};
///
/// let chains = fma_chains(simd::isa(), 0.5, 1.0, 100);
/// assert_eq!(chains.mean, 2.0);
/// assert!(chains.flops >= 2 * 4 * 100);
/// ```
pub fn fma_chains(isa: Isa, x: f32, y: f32, steps: usize) -> FmaChains {
    match isa {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the guard has found the features of `avx512` on this machine.
        Isa::Avx512 if isa.supported() => unsafe { x86::avx512(x, y, steps) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the guard has found the features of `avx2` on this machine.
        Isa::Avx2 if isa.supported() => unsafe { x86::avx2(x, y, steps) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: SSE2 belongs to every x86-64.
        _ => unsafe { x86::sse2(x, y, steps) },
        #[cfg(not(target_arch = "x86_64"))]
        _ => plain(x, y, steps),
    }
}

/// The loop: number of chains and of SIMD lanes, steps, broadcast of a start, one step, the lanes of a register.
macro_rules! chains {
    ($chains:literal x $lanes:literal, $steps:ident, $splat:expr, $step:expr, $lanes_of:expr) => {{
        // Different starts: equal chains could be merged into one.
        let mut v: [_; $chains] = std::array::from_fn(|c| $splat(c as f32));
        for _ in 0..$steps {
            for v in &mut v {
                *v = $step(*v);
            }
        }
        let all: f64 = v.into_iter().flat_map($lanes_of).map(f64::from).sum();
        let flops = 2 * $chains * $lanes * $steps as u64;
        FmaChains { mean: (all / f64::from($chains * $lanes)) as f32, flops }
    }};
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::FmaChains;
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx512f")]
    pub fn avx512(x: f32, y: f32, steps: usize) -> FmaChains {
        let (x, y) = (_mm512_set1_ps(x), _mm512_set1_ps(y));
        // SAFETY: both types are 64 bytes without padding, and every bit pattern is a number.
        let lanes = |v| unsafe { std::mem::transmute::<__m512, [f32; 16]>(v) };
        chains!(24 x 16, steps, |v| _mm512_set1_ps(v), |v| _mm512_fmadd_ps(x, v, y), lanes)
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn avx2(x: f32, y: f32, steps: usize) -> FmaChains {
        let (x, y) = (_mm256_set1_ps(x), _mm256_set1_ps(y));
        // SAFETY: both types are 32 bytes without padding, and every bit pattern is a number.
        let lanes = |v| unsafe { std::mem::transmute::<__m256, [f32; 8]>(v) };
        chains!(12 x 8, steps, |v| _mm256_set1_ps(v), |v| _mm256_fmadd_ps(x, v, y), lanes)
    }

    #[target_feature(enable = "sse2")]
    pub fn sse2(x: f32, y: f32, steps: usize) -> FmaChains {
        let (x, y) = (_mm_set1_ps(x), _mm_set1_ps(y));
        // SAFETY: both types are 16 bytes without padding, and every bit pattern is a number.
        let lanes = |v| unsafe { std::mem::transmute::<__m128, [f32; 4]>(v) };
        chains!(12 x 4, steps, |v| _mm_set1_ps(v), |v| _mm_add_ps(_mm_mul_ps(x, v), y), lanes)
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn plain(x: f32, y: f32, steps: usize) -> FmaChains {
    chains!(12 x 4, steps, |v| [v; 4], |v: [f32; 4]| v.map(|v| x * v + y), |v: [f32; 4]| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_those_of_the_closed_form() {
        let (x, y) = (0.97_f32, 0.25_f32);
        for isa in Isa::ALL {
            let chains = if isa == Isa::Avx512 && isa.supported() { 24.0 } else { 12.0 };
            for steps in [0, 1, 2, 7, 50, 1000] {
                let got = fma_chains(isa, x, y, steps);
                let power = f64::from(x).powi(steps as i32);
                let want = power * (chains - 1.0) / 2.0 + f64::from(y) * (1.0 - power) / (1.0 - f64::from(x));
                // A step rounds once or twice; its errors shrink by x at each later step.
                let rounding = 2.0 * f64::from(f32::EPSILON) / (1.0 - f64::from(x));
                assert!(
                    (f64::from(got.mean) - want).abs() <= rounding * want,
                    "{isa}, {steps} steps: {got:?}, {want}"
                );
                assert_eq!(got.flops % (2 * chains as u64), 0);
                assert_eq!(got.flops == 0, steps == 0);
            }
        }
    }
}
