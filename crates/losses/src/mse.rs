//! Squared error.

use crate::lanes::Pointwise;
use crate::registry::{LossInfo, TargetKind};
use crate::targets::assert_length;
use crate::{RowLoss, RowReduction, lanes};
use sparring_math::Real;
use sparring_math::named::Named;

/// Squared error of a row of `n` values: `sum_i (z_i - t_i)²`, divided by `n` for [`RowReduction::Mean`].
///
/// Gradient `2 (z - t) / n`, Hessian `2 / n` times the identity. With the default mean, the mean over rows is
/// PyTorch's `MSELoss`.
///
/// Extremes: an error whose square overflows gives +∞ with a finite gradient; infinite values give ±∞, ∞ - ∞ gives
/// NaN, NaN stays NaN.
///
/// Source: Gauss 1809; the reconstruction loss of autoencoders.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{Mse, RowLoss};
/// let mut dz = [0.0; 2];
/// assert_eq!(Mse::default().eval(&[1.0_f32, 3.0], &[0.0, 0.0], &mut dz), 5.0);
/// assert_eq!(dz, [1.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Mse {
    /// Mean or sum over the elements of the row.
    pub reduction: RowReduction,
}

sparring_math::named! { Mse: "mse", [], "Gauss 1809"; }

impl Mse {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "mean squared error: the reconstruction loss of autoencoders",
        formula: "mean_i (z_i - t_i)^2",
        source: Self::PAPER,
        target: TargetKind::Values,
    };
}

impl Mse {
    /// scale · Σ (z − t)² and its gradient `dz` in one pass: for a mean over more numbers than these, a part of a row or a whole batch say. The order of the sum depends on
    /// the length alone.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn scaled<E: Real>(scale: E, z: &[E], t: &[E], dz: &mut [E]) -> E {
        assert_length(Self::INFO.name, z.len(), "the target", t.len());
        assert_length(Self::INFO.name, z.len(), "dz", dz.len());
        lanes::eval(z, t, dz, scale, Square)
    }
}

#[derive(Clone, Copy)]
struct Square;

impl<E: Real> Pointwise<E> for Square {
    #[inline(always)]
    fn at(self, z: E, t: E) -> (E, E) {
        let d = z - t;
        (d * d, d + d)
    }

    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ONE + E::ONE
    }
}

impl<E: Real> RowLoss<E> for Mse {
    type Target = [E];

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], t: &[E], dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        lanes::eval(z, t, dz, E::of(self.reduction.weight(z.len())), Square)
    }

    #[track_caller]
    fn hvp(&self, z: &[E], t: &[E], v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        lanes::hvp(z, v, out, E::of(self.reduction.weight(z.len())), Square);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 2, 7, 8, 9, 784] {
            let t = gradcheck::noise(n, 99);
            for reduction in [RowReduction::Mean, RowReduction::Sum] {
                gradcheck::check(&Mse { reduction }, n, t.as_slice(), 3.0);
            }
        }
    }

    #[test]
    fn extreme_values() {
        let inf = f32::INFINITY;
        let mut dz = [0f32; 2];
        assert_eq!(Mse::default().eval(&[1e4, -1e4], &[-1e4, 1e4], &mut dz), 4e8);
        assert_eq!(Mse::default().eval(&[1e30, 0.0], &[0.0, 0.0], &mut dz), inf);
        assert_eq!(dz, [1e30, 0.0]);
        assert_eq!(Mse::default().eval(&[-inf, 0.0], &[0.0, 0.0], &mut dz), inf);
        assert_eq!(dz, [-inf, 0.0]);
        assert!(Mse::default().eval(&[inf, 0.0], &[inf, 0.0], &mut dz).is_nan());
        assert!(Mse::default().eval(&[0.0, f32::NAN], &[0.0, 0.0], &mut dz).is_nan());
        assert!(Mse::default().eval(&[0f32; 0], &[], &mut []).is_nan());
        assert_eq!(Mse { reduction: RowReduction::Sum }.eval(&[0f32; 0], &[], &mut []), 0.0);
    }

    #[test]
    #[should_panic(expected = "mse: the row has 2 values, the target has 3")]
    fn lengths() {
        Mse::default().eval(&[0f32; 2], &[0.0; 3], &mut [0.0; 2]);
    }
}
