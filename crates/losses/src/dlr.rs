//! The difference of logits ratio: the margin in units of the logits' own spread.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::margin::Margin;
use crate::ratio::{Ratio, largest};
use crate::targets::{assert_class, assert_length};
use sparring_math::Real;
use sparring_math::named::Named;

/// The difference of logits ratio, `(max_{i != y} z_i - z_y) / (z_(1) - z_(3) + 1e-12)` with the largest and the third largest logit below the line.
///
/// Bigger is more wrong: in [-1, 0) while the prediction is `y`, positive once it is not. It depends neither on a shift nor on the scale of the logits, so
/// that no network hides behind large ones. Where `y` is the third largest the value is 1 whatever the logits are, and the gradient 0.
/// A row of two logits has no third: there it is the [`Margin`].
///
/// Extremes: any NaN gives NaN, and so do infinite logits that meet in a difference.
///
/// Source: Croce and Hein 2020, arXiv:2003.01690, equation 4.
///
/// # Panics
/// If the row has fewer than two logits, `t` is not below `z.len()`, or the lengths differ.
///
/// ```
/// use sparring_losses::{Dlr, RowLoss};
/// let mut dz = [0.0; 4];
/// assert_eq!(Dlr.eval(&[4.0_f32, 3.0, 2.0, -9.0], &0, &mut dz), -0.5);
/// assert_eq!(dz, [-0.25, 0.5, -0.25, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dlr;

sparring_math::named! { Dlr: "dlr", [], "Croce and Hein 2020, arXiv:2003.01690, equation 4"; }

impl Dlr {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "margin over the distance between the largest and the third largest logit: no scale of the logits hides it",
        formula: "(max_{i != y} z_i - z_y) / (z_(1) - z_(3) + 1e-12)",
        source: Self::PAPER,
        target: TargetKind::Class,
    };
}

/// Runs `with` on the ratio of this row; `None` if it has a NaN.
fn ratio<E: Real, R>(z: &[E], y: usize, with: impl FnOnce(&Ratio<'_>) -> R) -> Option<R> {
    let [first, second, third] = largest::<3, E>(z)?;
    let rival = if first == y { second } else { first };
    Some(with(&Ratio { a: &[(rival, 1.0), (y, -1.0)], b: &[(first, 1.0), (third, -1.0)] }))
}

impl<E: Real> RowLoss<E> for Dlr {
    type Target = usize;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &y: &usize, dz: &mut [E]) -> E {
        if z.len() < 3 {
            return Margin.eval(z, &y, dz);
        }
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        assert_class(Self::NAME, y, z.len());
        ratio(z, y, |r| r.eval(z, dz)).unwrap_or_else(|| {
            dz.fill(E::of(f64::NAN));
            E::of(f64::NAN)
        })
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &y: &usize, v: &[E], out: &mut [E]) {
        if z.len() < 3 {
            return Margin.hvp(z, &y, v, out);
        }
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        assert_class(Self::NAME, y, z.len());
        ratio(z, y, |r| r.hvp(z, v, out)).unwrap_or_else(|| out.fill(E::of(f64::NAN)));
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
                gradcheck::check(&Dlr, n, &y, 3.0);
            }
        }
    }

    #[test]
    fn neither_shift_nor_scale_changes_it() {
        let z = [1.0, -2.0, 0.5, 3.0, 2.5_f64];
        let moved = z.map(|z| 1000.0 * z + 7.0);
        let mut dz = [0.0; 5];
        for y in 0..5 {
            let (a, b) = (Dlr.eval(&z, &y, &mut dz), Dlr.eval(&moved, &y, &mut dz));
            assert!((a - b).abs() < 1e-9, "{y}: {a} {b}");
        }
    }

    #[test]
    fn third_largest_has_no_gradient() {
        let mut dz = [9.0_f64; 4];
        let value = Dlr.eval(&[3.0, 2.0, 1.0, 0.0], &2, &mut dz);
        assert!((value - 1.0).abs() < 1e-9 && dz.iter().all(|d| d.abs() < 1e-9), "{value} {dz:?}");
    }

    #[test]
    fn a_nan_is_not_swallowed() {
        for at in 0..4 {
            let (mut z, mut dz) = ([0.5_f32; 4], [0.0; 4]);
            z[at] = f32::NAN;
            assert!(Dlr.eval(&z, &0, &mut dz).is_nan() && dz.iter().all(|d| d.is_nan()));
        }
    }
}
