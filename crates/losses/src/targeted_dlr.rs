//! The difference of logits ratio towards a class.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::ratio::{Ratio, largest};
use crate::targets::{assert_class, assert_length};
use sparring_math::Real;
use sparring_math::named::Named;

/// The targeted difference of logits ratio, `(z_t - z_y) / (z_(1) - (z_(3) + z_(4)) / 2 + 1e-12)` for a label `y` and a target `t`, in that order.
///
/// Bigger is nearer to the target; positive once the target beats the label. It depends neither on a shift nor on the scale of the logits. A row of fewer
/// than four logits has no fourth: there it is `z_t - z_y`.
///
/// Extremes: any NaN gives NaN.
///
/// Source: Croce and Hein 2020, arXiv:2003.01690, equation 5.
///
/// # Panics
/// If label or target is not below `z.len()`, or the lengths differ.
///
/// ```
/// use sparring_losses::{RowLoss, TargetedDlr};
/// let mut dz = [0.0; 4];
/// assert_eq!(TargetedDlr.eval(&[5.0_f32, 3.0, 2.0, 0.0], &[0, 1], &mut dz), -0.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TargetedDlr;

sparring_math::named! { TargetedDlr: "targeted-dlr", [], "Croce and Hein 2020, arXiv:2003.01690, equation 5"; }

impl TargetedDlr {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "how far a target class is ahead of the label, over the spread of the logits",
        formula: "(z_t - z_y) / (z_(1) - (z_(3) + z_(4)) / 2 + 1e-12)",
        source: Self::PAPER,
        target: TargetKind::Aimed,
    };
}

/// Runs `with` on the ratio of this row; `None` if it has a NaN.
fn ratio<E: Real, R>(z: &[E], [y, t]: [usize; 2], with: impl FnOnce(&Ratio<'_>) -> R) -> Option<R> {
    let a = [(t, 1.0), (y, -1.0)];
    if z.len() < 4 {
        let difference = |b: &[(usize, f64)]| with(&Ratio { a: &a, b });
        return (!z.iter().any(|z| z.is_nan())).then(|| difference(&[]));
    }
    let [first, _, third, fourth] = largest::<4, E>(z)?;
    Some(with(&Ratio { a: &a, b: &[(first, 1.0), (third, -0.5), (fourth, -0.5)] }))
}

impl<E: Real> RowLoss<E> for TargetedDlr {
    type Target = [usize; 2];

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], t: &[usize; 2], dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        t.iter().for_each(|&class| assert_class(Self::NAME, class, z.len()));
        ratio(z, *t, |r| r.eval(z, dz)).unwrap_or_else(|| {
            dz.fill(E::of(f64::NAN));
            E::of(f64::NAN)
        })
    }

    #[track_caller]
    fn hvp(&self, z: &[E], t: &[usize; 2], v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        t.iter().for_each(|&class| assert_class(Self::NAME, class, z.len()));
        ratio(z, *t, |r| r.hvp(z, v, out)).unwrap_or_else(|| out.fill(E::of(f64::NAN)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [2, 3, 4, 10, 17] {
            for t in [[0, 1], [n - 1, 0], [n / 2, n - 1]] {
                gradcheck::check(&TargetedDlr, n, &t, 3.0);
            }
        }
    }

    #[test]
    fn of_three_logits_it_is_the_difference() {
        let mut dz = [9.0_f32; 3];
        assert_eq!(TargetedDlr.eval(&[4.0, 1.0, 2.5], &[0, 2], &mut dz), -1.5);
        assert_eq!(dz, [-1.0, 0.0, 1.0]);
    }
}
