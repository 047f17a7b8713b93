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
    /// One step of projected ascent on `adv`, an example's candidate around `x`: `adv + step_size · steepest(grad)`, moved into the ball
    /// of radius `eps` and then into the box. The bits are those of the composition; norms do it in fewer passes.
    ///
    /// # Panics
    /// If the lengths differ.
    fn step(&self, x: &[f32], grad: &[f32], step_size: f32, eps: f32, bounds: Bounds, adv: &mut [f32]) {
        let mut direction = vec![0.0; grad.len()];
        self.steepest(grad, &mut direction);
        assert!(x.len() == adv.len() && grad.len() == adv.len(), "step: one gradient element a number");
        for ((a, &d), &x) in adv.iter_mut().zip(&direction).zip(x) {
            *a = (*a + step_size * d) - x;
        }
        self.project(adv, eps);
        for (a, &x) in adv.iter_mut().zip(x) {
            *a = bounds.clip(x + *a);
        }
    }
    /// A point drawn uniformly from the ball of radius `eps`.
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]);
    /// How many times eps the steps of a walk are long together when nothing is said. Madry et al. 2018 (arXiv:1706.06083) take 2.5; 4 leaves fewer
    /// right answers on every net measured (docs/results/attacks.md). A norm that needs more says so.
    fn walk(&self) -> f32 {
        4.0
    }
    /// ‖(1, …, 1)‖ in `dim` dimensions: what one rounding error in each coordinate amounts to.
    fn diagonal(&self, dim: usize) -> f64;
}
