//! What a norm is to an attack.

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
    /// A point drawn uniformly from the ball of radius `eps`.
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]);
    /// ‖(1, …, 1)‖ in `dim` dimensions: what one rounding error in each coordinate amounts to.
    fn diagonal(&self, dim: usize) -> f64;
}
