//! What a row loss is.

use crate::targets::assert_rows;
use sparring_math::Real;

/// A loss on one row: logits or values in, value out, gradient written. Sums and means over rows are the caller's.
pub trait RowLoss<E: Real>: std::fmt::Debug + Send + Sync {
    /// What the row is compared with: a class index (`usize`), a row of values (`[E]`).
    type Target: ?Sized;
    /// The name used in configurations and on the command line.
    fn name(&self) -> &'static str;
    /// The loss at `z`; `dz` = its gradient (overwritten, same length as `z`).
    fn eval(&self, z: &[E], t: &Self::Target, dz: &mut [E]) -> E;
    /// `eval` on each row of `z`, `cols` numbers long: row `i` against `targets(i)`, its loss into `losses[i]`, its gradient into row `i`
    /// of `dz`. The bits are those of `eval` row by row; losses that can, work on many short rows at once.
    ///
    /// # Panics
    /// As `eval`, and if `z` and `dz` are not `losses.len() · cols` numbers long.
    #[track_caller]
    fn eval_rows<'t>(
        &self,
        z: &[E],
        cols: usize,
        targets: &dyn Fn(usize) -> &'t Self::Target,
        losses: &mut [E],
        dz: &mut [E],
    ) where
        Self::Target: 't,
    {
        assert_rows(self.name(), z.len(), cols, losses.len(), dz.len());
        for (i, loss) in losses.iter_mut().enumerate() {
            let row = i * cols..(i + 1) * cols;
            *loss = self.eval(&z[row.clone()], targets(i), &mut dz[row]);
        }
    }
    /// `out` = Hessian at `z` times `v` (overwritten).
    fn hvp(&self, z: &[E], t: &Self::Target, v: &[E], out: &mut [E]);
}

/// A loss on two rows of logits of one example: those of its clean form and those of its adversarial one.
pub trait PairLoss<E: Real>: std::fmt::Debug + Send + Sync {
    /// The loss of an example of class `y`; the gradients at the clean and at the adversarial logits are overwritten.
    ///
    /// # Panics
    /// If the lengths differ, or `y` is no class where the loss looks at it.
    fn eval(&self, clean: &[E], adversarial: &[E], y: usize, grads: [&mut [E]; 2]) -> E;
    /// The factors of the cross-entropies on clean and on adversarial logits that are terms of the loss: those that label smoothing changes.
    fn cross_entropies(&self) -> [f64; 2] {
        [0.0; 2]
    }
}
