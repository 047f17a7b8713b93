//! Cross-entropy with the gradient as PyTorch rounds it: what networks are trained on.

use crate::registry::{LossInfo, TargetKind};
use crate::{CrossEntropy, RowLoss};
use sparring_math::Real;

/// Softmax cross-entropy whose gradient at the target is `p_y - 1` rounded in the working precision, as PyTorch's and
/// most other engines' is; value and Hessian are those of [`CrossEntropy`].
///
/// Where p_y rounds to 1 the target stops pulling, as it does in PyTorch: training follows the field, so that results can be
/// compared. Attacks want the exact gradient: one rounded to 0 looks like robustness.
///
/// Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3; the rounding is that of `p - onehot(y)` in f32.
///
/// # Panics
/// As [`CrossEntropy`].
///
/// ```
/// use sparring_losses::{CrossEntropy, RoundedCrossEntropy, RowLoss};
/// let (mut exact, mut rounded) = ([0f32; 2], [0f32; 2]);
/// CrossEntropy.eval(&[30.0, 0.0], &0, &mut exact);
/// RoundedCrossEntropy.eval(&[30.0, 0.0], &0, &mut rounded);
/// assert!(exact[0] < 0.0 && rounded[0] == 0.0 && exact[1] == rounded[1]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoundedCrossEntropy;

impl RoundedCrossEntropy {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: "rounded-cross-entropy",
        aliases: &[],
        about: "cross-entropy with the gradient rounded as PyTorch's: what classifiers are trained on",
        formula: "ln(sum_i exp(z_i)) - z_y",
        source: "Goodfellow, Bengio, Courville 2016, section 6.2.2.3",
        target: TargetKind::Class,
    };
}

/// The gradient at the target as `p_y - 1` would round it.
#[inline]
fn rounded<E: Real>(slope: E) -> E {
    // The others' share over the target's; added to 1 it is rounded, as the sum of exponentials is everywhere.
    let rest = -slope / (E::ONE + slope);
    E::ONE / (E::ONE + rest) - E::ONE
}

impl<E: Real> RowLoss<E> for RoundedCrossEntropy {
    type Target = usize;

    fn name(&self) -> &'static str {
        Self::INFO.name
    }

    #[track_caller]
    fn eval(&self, z: &[E], y: &usize, dz: &mut [E]) -> E {
        let loss = CrossEntropy.eval(z, y, dz);
        dz[*y] = rounded(dz[*y]);
        loss
    }

    #[track_caller]
    fn eval_rows<'t>(
        &self,
        z: &[E],
        cols: usize,
        targets: &dyn Fn(usize) -> &'t usize,
        losses: &mut [E],
        dz: &mut [E],
    ) where
        usize: 't,
    {
        CrossEntropy.eval_rows(z, cols, targets, losses, dz);
        for i in 0..losses.len() {
            let at = i * cols + targets(i);
            dz[at] = rounded(dz[at]);
        }
    }

    #[track_caller]
    fn hvp(&self, z: &[E], y: &usize, v: &[E], out: &mut [E]) {
        CrossEntropy.hvp(z, y, v, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [2, 10] {
            gradcheck::check(&RoundedCrossEntropy, n, &(n / 2), 3.0);
        }
    }
}
