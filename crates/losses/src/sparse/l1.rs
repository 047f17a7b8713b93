//! The sum of a code's sizes.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::{self, Pointwise};
use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// weight · Σ |a| over the code `a` of one example.
///
/// Derivative weight · sign(a), 0 at 0; the Hessian is 0. The sum over the units and the mean over examples, by the caller,
/// are those of Keras's `activity_regularizer=l1(weight)`. Units that are to be exactly 0 need an activation that has 0 (ReLU).
///
/// Extremes: infinite activations give +∞; NaN stays NaN.
///
/// Source: Lee et al. 2007, Efficient sparse coding algorithms (NIPS 2006).
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{RowLoss, SparseL1};
/// let mut da = [0.0; 3];
/// assert_eq!(SparseL1 { weight: 0.5 }.eval(&[2.0_f64, 0.0, -4.0], &(), &mut da), 3.0);
/// assert_eq!(da, [0.5, 0.0, -0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseL1 {
    /// Factor of the sum.
    pub weight: f64,
}

impl Default for SparseL1 {
    fn default() -> Self {
        Self { weight: 1e-3 }
    }
}

sparring_math::named! {
    SparseL1: "sparse-l1", ["l1"], "Lee et al. 2007, NIPS";
    weight: Range::at_least(0.0), "factor of the sum of sizes";
}

impl SparseL1 {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "sparsity penalty of an autoencoder: sizes of the numbers of a code",
        formula: "weight sum_i |a_i|",
        source: Self::PAPER,
        target: TargetKind::Code,
    };
}

#[derive(Clone, Copy)]
struct Size;

impl<E: Real> Pointwise<E> for Size {
    #[inline(always)]
    fn at(self, a: E, _: E) -> (E, E) {
        (a.abs(), if a.is_nan() { a } else { a.sign() })
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ZERO
    }
}

impl<E: Real> RowLoss<E> for SparseL1 {
    type Target = ();

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, a: &[E], (): &(), da: &mut [E]) -> E {
        assert_length(Self::NAME, a.len(), "da", da.len());
        lanes::eval(a, a, da, E::of(self.weight), Size)
    }
    #[track_caller]
    fn hvp(&self, a: &[E], (): &(), v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, a.len(), "v", v.len());
        assert_length(Self::NAME, a.len(), "out", out.len());
        lanes::hvp(a, v, out, E::of(self.weight), Size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 8, 32, 33] {
            gradcheck::check(&SparseL1 { weight: 0.3 }, n, &(), 2.0);
        }
        let mut da = [0f32];
        assert!(SparseL1::default().eval(&[f32::NAN], &(), &mut da).is_nan() && da[0].is_nan());
    }
}
