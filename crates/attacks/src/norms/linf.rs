//! L∞: the largest change of any element.
//!
//! size      max |δᵢ|
//! project   δᵢ ← min(max(δᵢ, −ε), ε)
//! steepest  sign(gᵢ), with sign(0) = 0
//! source    Goodfellow et al. 2015, arXiv:1412.6572

use super::Norm;
use super::reductions::{absolutes, largest};
use sparring_math::named::Named;
use sparring_math::simd;
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The L∞ norm, max |δᵢ|.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linf;

sparring_math::named! { Linf: "linf", [], "Goodfellow et al. 2015, arXiv:1412.6572"; }

impl Norm for Linf {
    fn name(&self) -> &'static str {
        <Self as Named>::NAME
    }
    fn size(&self, delta: &[f32]) -> f64 {
        f64::from(largest(delta))
    }
    fn project(&self, delta: &mut [f32], eps: f32) {
        // Two selects that keep NaN and vectorise.
        for d in delta {
            let below = if *d > eps { eps } else { *d };
            *d = if below < -eps { -eps } else { below };
        }
    }
    fn steepest(&self, grad: &[f32], out: &mut [f32]) {
        assert_eq!(grad.len(), out.len(), "steepest: one direction a gradient element");
        for (o, &g) in out.iter_mut().zip(grad) {
            *o = if g > 0.0 { 1.0 } else { 0.0 } - if g < 0.0 { 1.0 } else { 0.0 };
        }
    }
    fn step(&self, x: &[f32], grad: &[f32], step_size: f32, eps: f32, bounds: Bounds, adv: &mut [f32]) {
        assert!(x.len() == adv.len() && grad.len() == adv.len(), "step: one gradient element a number");
        simd::dispatch(Step { x, grad, step_size, eps, lo: bounds.lo(), hi: bounds.hi(), adv });
    }
    fn dual(&self, grad: &[f32]) -> f64 {
        absolutes(grad)
    }
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        rng.fill_uniform_in(-eps, eps, out);
    }
    fn diagonal(&self, _dim: usize) -> f64 {
        1.0
    }
}

/// Sign, step, ball and box in one pass.
struct Step<'a> {
    x: &'a [f32],
    grad: &'a [f32],
    step_size: f32,
    eps: f32,
    lo: f32,
    hi: f32,
    adv: &'a mut [f32],
}

impl simd::Kernel for Step<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { x, grad, step_size, eps, lo, hi, adv } = self;
        for ((a, &g), &x) in adv.iter_mut().zip(grad).zip(x) {
            // Two masked operations instead of a sign and its product.
            let up = if g > 0.0 { *a + step_size } else { *a };
            let delta = if g < 0.0 { up - step_size } else { up } - x;
            let below = if delta > eps { eps } else { delta };
            let point = x + if below < -eps { -eps } else { below };
            let below = if point > hi { hi } else { point };
            *a = if below < lo { lo } else { below };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Linf, Norm};

    #[test]
    fn signs_and_sizes() {
        let mut out = [9.0; 5];
        Linf.steepest(&[2.0, -1e-30, 0.0, -0.0, f32::NAN], &mut out);
        assert_eq!(out, [1.0, -1.0, 0.0, 0.0, 0.0]);
        assert_eq!(Linf.size(&[0.5, -2.0, 1.0]), 2.0);
        assert!(Linf.size(&[f32::NAN, 1.0]).is_nan() && Linf.size(&[1.0, f32::NAN]).is_nan());
        assert_eq!(Linf.size(&[]), 0.0);
    }
}
