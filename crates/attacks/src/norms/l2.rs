//! L2: the Euclidean length of the change.
//!
//! size      √Σ δᵢ²
//! project   δ ← δ · ε/‖δ‖ when ‖δ‖ > ε
//! steepest  g/‖g‖, and 0 for g = 0
//! uniform   ε · u^(1/d) · z/‖z‖ with z normal, u uniform (Muller 1959)

use super::Norm;
use super::reductions::dot;
use sparring_math::named::Named;
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The L2 norm, √Σ δᵢ².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L2;

/// Taken off the radius when projecting: more than the rounding of one product (2⁻²⁴), so that the projected vector
/// measures at most eps and a second projection leaves it alone.
const ROUNDING: f64 = 1e-7;

fn length(v: &[f32]) -> f64 {
    dot(v, v).sqrt()
}

/// 1/length, and 0 for a gradient that points nowhere.
fn inverse(length: f64) -> f64 {
    if length > 0.0 && length.is_finite() { 1.0 / length } else { 0.0 }
}

sparring_math::named! { L2: "l2", [], "-"; }

impl Norm for L2 {
    fn name(&self) -> &'static str {
        <Self as Named>::NAME
    }
    fn size(&self, delta: &[f32]) -> f64 {
        length(delta)
    }
    fn project(&self, delta: &mut [f32], eps: f32) {
        let (length, eps) = (length(delta), f64::from(eps));
        if length <= eps {
            return;
        }
        let scale = eps / length * (1.0 - ROUNDING);
        for d in delta {
            *d = (f64::from(*d) * scale) as f32;
        }
    }
    fn steepest(&self, grad: &[f32], out: &mut [f32]) {
        assert_eq!(grad.len(), out.len(), "steepest: one direction a gradient element");
        let scale = inverse(length(grad));
        for (o, &g) in out.iter_mut().zip(grad) {
            *o = if scale > 0.0 { (f64::from(g) * scale) as f32 } else { 0.0 };
        }
    }
    fn step(&self, x: &[f32], grad: &[f32], step_size: f32, eps: f32, bounds: Bounds, adv: &mut [f32]) {
        assert!(x.len() == adv.len() && grad.len() == adv.len(), "step: one gradient element a number");
        // The sums in order cost most; the direction needs no memory of its own.
        let scale = inverse(length(grad));
        for ((a, &g), &x) in adv.iter_mut().zip(grad).zip(x) {
            let d = if scale > 0.0 { (f64::from(g) * scale) as f32 } else { 0.0 };
            *a = (*a + step_size * d) - x;
        }
        self.project(adv, eps);
        for (a, &x) in adv.iter_mut().zip(x) {
            *a = bounds.clip(x + *a);
        }
    }
    fn dual(&self, grad: &[f32]) -> f64 {
        length(grad)
    }
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        let radius = f64::from(eps) * rng.uniform_f64().powf(1.0 / out.len().max(1) as f64);
        for o in out.iter_mut() {
            *o = rng.normal() as f32;
        }
        let length = length(out);
        let scale = if length > 0.0 { radius / length } else { 0.0 };
        for o in out.iter_mut() {
            *o = (f64::from(*o) * scale) as f32;
        }
        self.project(out, eps);
    }
    /// Three times the rule: the part of a step that leaves the box is cut off, most of it where most pixels lie on its border; measured on
    /// nets with and without a defence (docs/results/attacks.md).
    fn walk(&self) -> f32 {
        7.5
    }
    fn diagonal(&self, dim: usize) -> f64 {
        (dim as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::{L2, Norm};
    use sparring_seed::Key;

    #[test]
    fn directions_and_sizes() {
        let mut out = [9.0; 2];
        L2.steepest(&[3.0, -4.0], &mut out);
        assert_eq!(out, [0.6, -0.8]);
        L2.steepest(&[3e-30, -4e-30], &mut out);
        assert_eq!(out, [0.6, -0.8]);
        for dead in [[0.0, 0.0], [f32::NAN, 1.0], [f32::INFINITY, 0.0]] {
            L2.steepest(&dead, &mut out);
            assert_eq!(out, [0.0, 0.0]);
        }
        assert_eq!(L2.size(&[3.0, 4.0]), 5.0);
    }

    #[test]
    fn half_the_points_lie_beyond_the_median_radius() {
        // In d dimensions a uniform point lies within r·eps with probability r^d.
        let (d, n) = (5_usize, 4000_u64);
        let median = 0.5_f64.powf(1.0 / d as f64);
        let mut v = vec![0.0; d];
        let inside = (0..n)
            .filter(|&i| {
                L2.uniform(&mut Key::new(4).rng(i), 2.0, &mut v);
                L2.size(&v) < 2.0 * median
            })
            .count();
        assert!((1850..2150).contains(&inside), "{inside}");
    }
}
