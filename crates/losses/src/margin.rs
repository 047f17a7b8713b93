//! Distance to the decision boundary, measured in logits.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::targets::{assert_class, assert_length};
use sparring_math::Real;
use sparring_math::named::Named;

/// The margin by which the best wrong class beats the target: `max_{i != y} z_i - z_y`.
///
/// Bigger is more wrong: negative while the prediction is `y`, positive once it is not, 0 on the boundary.
/// Gradient +1 at the best wrong class (the first of equals), -1 at `y`, 0 elsewhere; the Hessian is 0. Unlike
/// cross-entropy it does not saturate, so its gradient survives any scale of the logits.
///
/// Extremes: infinite logits follow the formula (a +∞ at `y` gives -∞), ∞ - ∞ and any NaN give NaN.
///
/// Source: Carlini and Wagner 2017 (f6 without its hinge), arXiv:1608.04644.
///
/// # Panics
/// If the row has fewer than two logits, `t` is not below `z.len()`, or the lengths differ.
/// [`AnyClassLoss::check_targets`](crate::AnyClassLoss::check_targets) is the polite way.
///
/// ```
/// use sparring_losses::{Margin, RowLoss};
/// let mut dz = [0.0; 3];
/// assert_eq!(Margin.eval(&[1.0_f32, 3.0, 2.0], &1, &mut dz), -1.0);
/// assert_eq!(dz, [0.0, -1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Margin;

sparring_math::named! { Margin: "margin", [], "Carlini and Wagner 2017, arXiv:1608.04644"; }

impl Margin {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "best wrong logit minus the right one: positive means misclassified, never saturates",
        formula: "max_{i != y} z_i - z_y",
        source: Self::PAPER,
        target: TargetKind::Class,
    };
}

impl<E: Real> RowLoss<E> for Margin {
    type Target = usize;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &y: &usize, dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        assert_class(Self::NAME, y, z.len());
        assert!(z.len() > 1, "margin: needs at least 2 logits, the row has 1");
        let mut rival = usize::from(y == 0);
        let mut any_nan = z[rival].is_nan();
        for (i, &x) in z.iter().enumerate() {
            any_nan |= x.is_nan();
            if i != y && x > z[rival] {
                rival = i;
            }
        }
        if any_nan {
            dz.fill(E::of(f64::NAN));
            return E::of(f64::NAN);
        }
        dz.fill(E::ZERO);
        dz[rival] = E::ONE;
        dz[y] = -E::ONE;
        z[rival] - z[y]
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &y: &usize, v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        assert_class(Self::NAME, y, z.len());
        out.fill(E::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [2, 3, 10, 17] {
            for y in [0, n / 2, n - 1] {
                gradcheck::check(&Margin, n, &y, 3.0);
            }
        }
    }

    #[test]
    fn ties_go_to_the_first() {
        let mut dz = [0f32; 4];
        assert_eq!(Margin.eval(&[2.0, 2.0, 2.0, 2.0], &1, &mut dz), 0.0);
        assert_eq!(dz, [1.0, -1.0, 0.0, 0.0]);
    }

    #[test]
    fn extreme_logits() {
        let inf = f32::INFINITY;
        let mut dz = [0f32; 3];
        assert_eq!(Margin.eval(&[1e4, -1e4, 0.0], &1, &mut dz), 2e4);
        assert_eq!(Margin.eval(&[inf, 0.0, 0.0], &0, &mut dz), -inf);
        assert_eq!(Margin.eval(&[-inf, -inf, -1.0], &0, &mut dz), inf);
        assert!(Margin.eval(&[inf, inf, 0.0], &0, &mut dz).is_nan());
        for at in 0..3 {
            let mut z = [0f32; 3];
            z[at] = f32::NAN;
            assert!(Margin.eval(&z, &0, &mut dz).is_nan() && dz.iter().all(|d| d.is_nan()));
        }
    }

    #[test]
    #[should_panic(expected = "needs at least 2 logits")]
    fn one_class_has_no_rival() {
        Margin.eval(&[1.0f32], &0, &mut [0.0]);
    }
}
