//! What a row loss is.

use sparring_math::Real;

/// A loss on one row: logits or values in, value out, gradient written. Sums and means over rows are the caller's.
pub trait RowLoss<E: Real>: std::fmt::Debug + Send + Sync {
    /// What the row is compared with: a class index (`usize`), a row of values (`[E]`).
    type Target: ?Sized;
    /// The name used in configurations and on the command line.
    fn name(&self) -> &'static str;
    /// The loss at `z`; `dz` = its gradient (overwritten, same length as `z`).
    fn eval(&self, z: &[E], t: &Self::Target, dz: &mut [E]) -> E;
    /// `out` = Hessian at `z` times `v` (overwritten).
    fn hvp(&self, z: &[E], t: &Self::Target, v: &[E], out: &mut [E]);
}
