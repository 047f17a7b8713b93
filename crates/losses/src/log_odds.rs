//! How much likelier the model holds every other class together than the target.

use crate::RowLoss;
use crate::abreast::{self, Rivals};
use crate::info::{LossInfo, TargetKind};
use crate::peak::{Exponentials, Peak};
use crate::targets::{assert_class, assert_length};
use crate::temperature::{sharpness, towards};
use sparring_math::named::Named;
use sparring_math::{Real, simd};

/// The log-odds against the target: `T ln(sum_{i != y} exp(z_i / T)) - z_y` with a temperature `T` that is 1 for logits of usual size;
/// then it is `ln((1 - p_y) / p_y)` with `p = softmax(z)`.
///
/// Cross-entropy `L` is `softplus` of that at `T = 1`: there it is an increasing function of `L`, and their gradients have one direction:
/// `q - onehot(y)`, where `q` is the softmax over the other classes, is `∇L / (1 - p_y)`. Elsewhere the same is true of the cross-entropy
/// at temperature `T`, `T L(z / T)`, and as `T` jumps at the two limits below, so does the value: two rows on different sides of a limit
/// need not be ordered as `L` orders them. Unlike `∇L` the gradient never vanishes, however certain the model is, and unlike `L` the value
/// tells two certain predictions apart in f32. So this is what attacks climb when they are asked to climb cross-entropy. Hessian: `(diag(q) - q qᵀ) / T` on the other classes, 0 at `y`.
///
/// The temperature makes the scale of the logits a matter of units. Where the largest and the smallest logit of a row are more than 100
/// apart (`q` is the best rival alone) or less than 0.01 (all rivals count alike), `T` is their distance / 20: a network whose last layer
/// is multiplied by 100 or 10⁻⁶ predicts the same, and is attacked along nearly the same directions. Derivatives take `T` as constant.
///
/// Extremes: finite logits never overflow, unless their difference does; a class 80 (f32) or 700 (f64) below the best of the others
/// counts for nothing. A target of -∞ gives +∞, one of +∞ gives -∞, both with the gradient of the others. A NaN, a +∞ among
/// the others, or nothing but -∞ there gives NaN.
///
/// Source: the logit of `1 - p_y` (Berkson 1944); why attacks want a loss that neither saturates nor depends on the scale of the logits:
/// Carlini and Wagner 2017, arXiv:1608.04644; Croce and Hein 2020, arXiv:2003.01690, section 4.
///
/// # Panics
/// If the row has fewer than two logits, `t` is not below `z.len()`, or the lengths differ.
/// [`AnyClassLoss::check_targets`](crate::AnyClassLoss::check_targets) is the polite way.
///
/// ```
/// use sparring_losses::{CrossEntropy, LogOdds, RowLoss};
/// let (z, mut dz) = ([90.0_f32, 0.0, 0.0], [0.0; 3]);
/// assert_eq!((CrossEntropy.eval(&z, &0, &mut dz), dz), (0.0, [0.0; 3]));
/// assert_eq!((LogOdds.eval(&z, &0, &mut dz), dz), (2f32.ln() - 90.0, [-1.0, 0.5, 0.5]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogOdds;

sparring_math::named! { LogOdds: "log-odds", [], "Berkson 1944; Croce and Hein 2020, arXiv:2003.01690, section 4"; }

impl LogOdds {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "log-odds against the target: at T = 1 an increasing function of cross-entropy, elsewhere the same at temperature T; never saturates, what attacks climb in its place",
        formula: "T ln(sum_{i != y} exp(z_i / T)) - z_y",
        source: Self::PAPER,
        target: TargetKind::Class,
    };
}

/// 1/T of one row.
fn sharpness_of<E: Real>(z: &[E], y: usize) -> E {
    let low = z.iter().fold(E::INFINITY, |low, &z| if z < low { z } else { low });
    let rivals = z[..y].iter().chain(&z[y + 1..]);
    sharpness(low, rivals.fold(-E::INFINITY, |high, &z| high.larger(z)), z[y])
}

#[track_caller]
fn assert_rivals(logits: usize) {
    assert!(logits > 1, "log-odds: needs at least 2 logits, the row has {logits}");
}

impl<E: Real> RowLoss<E> for LogOdds {
    type Target = usize;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &y: &usize, dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        assert_class(Self::NAME, y, z.len());
        assert_rivals(z.len());
        let sharpness = sharpness_of(z, y);
        let Peak { at, max, rest } = simd::dispatch(Exponentials { z, without: Some(y), sharpness, out: dz });
        let scale = E::ONE / (E::ONE + rest);
        for d in dz.iter_mut() {
            *d *= scale;
        }
        dz[at] = scale;
        dz[y] = towards(z[y]);
        (max - z[y]) + rest.ln_1p() / sharpness
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
        abreast::eval_rows(self, Rivals, z, cols, targets, losses, dz);
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &y: &usize, v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        assert_class(Self::NAME, y, z.len());
        assert_rivals(z.len());
        let sharpness = sharpness_of(z, y);
        let Peak { at, rest, .. } =
            simd::dispatch(Exponentials { z, without: Some(y), sharpness, out: &mut *out });
        let scale = E::ONE / (E::ONE + rest);
        // Measured from v at the peak, nothing cancels.
        let origin = v[at];
        let mut mean = E::ZERO;
        for (i, (q, &v)) in out.iter_mut().zip(v).enumerate() {
            *q *= scale;
            mean += if i == y { E::ZERO } else { *q * (v - origin) };
        }
        out[at] = scale;
        for (o, &v) in out.iter_mut().zip(v) {
            *o *= ((v - origin) - mean) * sharpness;
        }
        out[y] = E::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CrossEntropy, gradcheck};

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [2, 3, 10, 17, 100] {
            for y in [0, n / 2, n - 1] {
                gradcheck::check(&LogOdds, n, &y, 3.0);
            }
        }
    }

    #[test]
    fn cross_entropy_is_its_softplus_with_a_gradient_of_the_same_direction() {
        for (seed, n) in [(1, 2), (2, 3), (3, 10), (4, 40)] {
            for y in [0, n / 2, n - 1] {
                let z: Vec<f64> = gradcheck::noise(n, seed).iter().map(|x| 6.0 * x).collect();
                let (mut odds, mut cross) = (vec![0.0; n], vec![0.0; n]);
                let value = LogOdds.eval(&z, &y, &mut odds);
                let loss = CrossEntropy.eval(&z, &y, &mut cross);
                assert!((loss - value.exp().ln_1p()).abs() < 1e-12 * (1.0 + loss.abs()));
                let wrong = -cross[y];
                for (o, c) in odds.iter().zip(&cross) {
                    assert!((o * wrong - c).abs() < 1e-12, "{n} classes, target {y}: {odds:?} {cross:?}");
                }
            }
        }
    }

    #[test]
    fn the_scale_of_the_logits_is_a_matter_of_units() {
        // 20 apart from the largest to the smallest: what others are scaled to, so the direction is the same at every scale.
        let z = [12.0f32, 1.0, -8.0, 2.0];
        let (mut usual, mut dz) = ([0.0; 4], [0.0; 4]);
        let value = LogOdds.eval(&z, &0, &mut usual);
        for scale in [1e-30f32, 1e-6, 1e2, 1e6, 1e30] {
            let got = LogOdds.eval(&z.map(|z| scale * z), &0, &mut dz);
            assert!((got / (scale * value) - 1.0).abs() < 1e-5, "{scale}: {got}");
            assert!(dz.iter().zip(&usual).all(|(a, b)| (a - b).abs() < 1e-5), "{scale}: {dz:?} {usual:?}");
        }
        // Where cross-entropy is 0 for both, the less certain prediction still has the higher value; and where all logits are equal up
        // to rounding of their exponentials.
        let certain = |z: f32| {
            let row = [z, 0.0, 0.0, 0.0];
            (LogOdds.eval(&row, &0, &mut [0.0; 4]), CrossEntropy.eval(&row, &0, &mut [0.0; 4]))
        };
        assert!(certain(200.0).0 > certain(300.0).0 && certain(200.0).1 == certain(300.0).1);
        assert!(certain(2e-9).0 > certain(3e-9).0 && certain(2e-9).1 == certain(3e-9).1);
        // Equal logits have no scale.
        assert_eq!(LogOdds.eval(&[5.0f32; 3], &0, &mut [0.0; 3]), 2f32.ln());
        assert!(LogOdds.eval(&[1e-45f32, 0.0, 0.0], &0, &mut dz[..3]).is_finite() && dz[1] == 0.5);
    }

    #[test]
    fn extreme_logits() {
        let inf = f32::INFINITY;
        let mut dz = [0f32; 3];
        assert!((LogOdds.eval(&[1e4, -1e4, 0.0], &1, &mut dz) - 2e4).abs() < 1.0);
        assert!((dz[0] - 1.0).abs() < 1e-4 && dz[1] == -1.0 && dz[2] < 1e-4);
        assert_eq!(LogOdds.eval(&[inf, 1.0, 0.0], &0, &mut dz), -inf);
        assert_eq!(LogOdds.eval(&[-inf, 1.0, 0.0], &0, &mut dz), inf);
        assert_eq!((dz[0], dz[1] > dz[2]), (-1.0, true));
        assert_eq!(LogOdds.eval(&[0.0, -inf, 0.0], &0, &mut dz), 0.0);
        assert_eq!(dz, [-1.0, 0.0, 1.0]);
        for z in [[0.0, -inf, -inf], [0.0, inf, 0.0], [f32::NAN, 0.0, 0.0], [0.0, 0.0, f32::NAN]] {
            assert!(LogOdds.eval(&z, &0, &mut dz).is_nan() && dz.iter().any(|d| d.is_nan()), "{z:?} {dz:?}");
        }
    }

    #[test]
    #[should_panic(expected = "log-odds: needs at least 2 logits, the row has 1")]
    fn one_class_has_no_odds() {
        LogOdds.eval(&[1.0f32], &0, &mut [0.0]);
    }
}
