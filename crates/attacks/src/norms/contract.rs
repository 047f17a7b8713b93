//! What a norm is to an attack.

use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// A way to measure a perturbation, with the four things an attack needs of it.
///
/// Every method sees one example. Sums run in order in `f64`, so no result depends on the batch or the threads.
pub trait Norm: std::fmt::Debug + Send + Sync {
    /// The name used in configurations and on the command line.
    fn name(&self) -> &'static str;
    /// ‖delta‖; NaN if any number is NaN.
    fn size(&self, delta: &[f32]) -> f64;
    /// Moves `delta` to the nearest point of the ball of radius `eps`; inside it nothing changes.
    ///
    /// Idempotent, and non-expansive up to rounding: the result never measures more than `eps`.
    fn project(&self, delta: &mut [f32], eps: f32);
    /// The unit perturbation along which a linear function with this gradient rises fastest:
    /// argmax ⟨grad, d⟩ over ‖d‖ ≤ 1. A zero or non-finite coordinate (or gradient) contributes nothing.
    ///
    /// # Panics
    /// If the lengths differ.
    fn steepest(&self, grad: &[f32], out: &mut [f32]);
    /// The dual norm ‖grad‖* = max ⟨grad, d⟩ over ‖d‖ ≤ 1 (L0: over changes of one element by at most 1), so that the nearest zero of a linear function lies |value| / ‖grad‖* away;
    /// NaN if any number is NaN.
    fn dual(&self, grad: &[f32]) -> f64;
    /// Moves `adv` into the ball of radius `eps` around `x` and into the box, in which `x` lies: to the nearest point of both where the norm says so (L∞, L1, L0),
    /// else to one of them (L2: cut to the box last, which brings every element closer to `x`).
    ///
    /// # Panics
    /// If the lengths differ.
    fn confine(&self, x: &[f32], eps: f32, bounds: Bounds, adv: &mut [f32]) {
        assert_eq!(x.len(), adv.len(), "confine: the point has the shape of its example");
        for (a, &x) in adv.iter_mut().zip(x) {
            *a -= x;
        }
        self.project(adv, eps);
        for (a, &x) in adv.iter_mut().zip(x) {
            *a = bounds.clip(x + *a);
        }
    }
    /// One step of projected ascent on `adv`, an example's candidate around `x`: `adv + step_size · steepest(grad)`, [confined](Self::confine).
    /// The bits are those of the composition; norms do it in fewer passes.
    ///
    /// # Panics
    /// If the lengths differ.
    fn step(&self, x: &[f32], grad: &[f32], step_size: f32, eps: f32, bounds: Bounds, adv: &mut [f32]) {
        let mut direction = vec![0.0; grad.len()];
        self.steepest(grad, &mut direction);
        assert!(x.len() == adv.len() && grad.len() == adv.len(), "step: one gradient element a number");
        for (a, &d) in adv.iter_mut().zip(&direction) {
            *a += step_size * d;
        }
        self.confine(x, eps, bounds, adv);
    }
    /// A point drawn uniformly from the ball of radius `eps`.
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]);
    /// A random point on the rim of the ball, where APGD begins (Croce and Hein 2020, arXiv:2003.01690): a uniform point moved there along its ray.
    fn rim(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        self.uniform(rng, eps, out);
        let scale = f64::from(eps) / self.size(out).max(1e-12);
        out.iter_mut().for_each(|o| *o = (f64::from(*o) * scale) as f32);
        self.project(out, eps);
    }
    /// How many times eps the steps of a walk are long together when nothing is said. Madry et al. 2018 (arXiv:1706.06083) take 2.5; 4 leaves fewer
    /// right answers on every net measured (docs/results/attacks.md). A norm that needs more says so.
    fn walk(&self) -> f32 {
        4.0
    }
    /// ‖(1, …, 1)‖ in `dim` dimensions: what one rounding error in each coordinate amounts to.
    fn diagonal(&self, dim: usize) -> f64;
    /// The distance of the farthest two points of the box.
    fn largest(&self, bounds: Bounds, dim: usize) -> f64 {
        (f64::from(bounds.hi()) - f64::from(bounds.lo())) * self.diagonal(dim)
    }
    /// What rounding each element of `x + δ` to `f32` may add to the size of δ: one unit in the last place of the largest number of the box, in every element.
    fn rounding(&self, bounds: Bounds, dim: usize) -> f64 {
        f64::from(f32::EPSILON) * f64::from(bounds.lo().abs().max(bounds.hi().abs())) * self.diagonal(dim)
    }
}
