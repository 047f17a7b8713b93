//! Binary cross-entropy, one yes-or-no question per element.

use crate::info::{LossInfo, TargetKind};
use crate::lanes::Pointwise;
use crate::targets::assert_length;
use crate::{RowLoss, RowReduction, lanes};
use sparring_math::Real;
use sparring_math::named::Named;

/// Binary cross-entropy on logits: `sum_i softplus(z_i) - t_i z_i`, divided by `n` for [`RowReduction::Mean`].
///
/// Targets are probabilities in `[0, 1]` (0 and 1 for labels, grey values for images); others are not refused, as in
/// PyTorch, but then the loss has no minimum. Gradient `(sigmoid(z) - t) / n`, Hessian `diag(s (1 - s)) / n`. Computed as
/// `softplus(-|z|) + |z| w` with `w = 1 - t` for `z > 0` and `t` otherwise, so nothing cancels.
///
/// Extremes: logits of any size never overflow. An infinite logit gives the limit: 0 where it agrees with a target of
/// exactly 0 or 1, +∞ otherwise (PyTorch gives NaN in the first case). NaN stays NaN.
///
/// Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{BceWithLogits, RowLoss};
/// let mut dz = [0.0; 2];
/// let loss = BceWithLogits::default().eval(&[0.0_f64, 0.0], &[0.0, 1.0], &mut dz);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && dz == [0.25, -0.25]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct BceWithLogits {
    /// Mean or sum over the elements of the row.
    pub reduction: RowReduction,
}

sparring_math::named! { BceWithLogits: "bce-with-logits", [], "Bishop 2006, equation 4.90"; }

impl BceWithLogits {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "binary cross-entropy on logits, element by element; targets are probabilities",
        formula: "mean_i softplus(z_i) - t_i z_i",
        source: Self::PAPER,
        target: TargetKind::Values,
    };
}

impl BceWithLogits {
    /// The least that the loss can be against these targets, reached where sigmoid(z) = t: their binary entropy, `-t_i ln t_i - (1 - t_i) ln(1 - t_i)`, summed or averaged as
    /// the loss is. 0 for labels, above it for grey values: a reconstruction is to be judged by what it is above this. A target outside [0, 1] gives NaN.
    ///
    /// ```
    /// use sparring_losses::BceWithLogits;
    /// let floor = BceWithLogits::default().floor(&[0.0_f64, 1.0, 0.5, 0.5]);
    /// assert!((floor - 0.5 * 2f64.ln()).abs() < 1e-12);
    /// ```
    pub fn floor<E: Real>(&self, t: &[E]) -> E {
        let part = |p: E| if p == E::ZERO { E::ZERO } else { -p * p.ln() };
        let sum = t.iter().fold(E::ZERO, |sum, &t| sum + (part(t) + part(E::ONE - t)));
        sum * E::of(self.reduction.weight(t.len()))
    }
}

/// `softplus(z) - t z` at one logit; the losses of GANs have it, too.
#[derive(Clone, Copy)]
pub(crate) struct Binary;

impl<E: Real> Pointwise<E> for Binary {
    #[inline(always)]
    fn at(self, z: E, t: E) -> (E, E) {
        let size = z.abs();
        let tail = (-size).sigmoid();
        let wrong = if z > E::ZERO { E::ONE - t } else { t };
        // The select keeps 0 · ∞ at its limit 0.
        let linear = if wrong == E::ZERO { E::ZERO } else { size * wrong };
        let derivative = if z > E::ZERO { wrong - tail } else { tail - t };
        ((-size).softplus() + linear, derivative)
    }

    #[inline(always)]
    fn curvature(self, z: E) -> E {
        let tail = (-z.abs()).sigmoid();
        tail * (E::ONE - tail)
    }
}

impl<E: Real> RowLoss<E> for BceWithLogits {
    type Target = [E];

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], t: &[E], dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        lanes::eval(z, t, dz, E::of(self.reduction.weight(z.len())), Binary)
    }

    #[track_caller]
    fn hvp(&self, z: &[E], t: &[E], v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        lanes::hvp(z, v, out, E::of(self.reduction.weight(z.len())), Binary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 2, 7, 8, 9, 784] {
            let t: Vec<f64> = gradcheck::noise(n, 99).iter().map(|x| 0.5 + 0.5 * x).collect();
            for reduction in [RowReduction::Mean, RowReduction::Sum] {
                gradcheck::check(&BceWithLogits { reduction }, n, t.as_slice(), 3.0);
            }
        }
    }

    fn one(z: f32, t: f32) -> (f32, f32) {
        let mut dz = [0f32];
        (BceWithLogits::default().eval(&[z], &[t], &mut dz), dz[0])
    }

    #[test]
    fn extreme_logits() {
        let inf = f32::INFINITY;
        assert_eq!(one(1e4, 0.0), (1e4, 1.0));
        assert_eq!(one(-1e4, 1.0), (1e4, -1.0));
        assert_eq!(one(1e4, 0.5), (5e3, 0.5));
        assert_eq!(one(1e4, 1.0).0, 0.0);
        assert_eq!(one(-1e4, 0.0).0, 0.0);
        assert_eq!(one(inf, 1.0).0, 0.0);
        assert_eq!(one(-inf, 0.0).0, 0.0);
        assert_eq!(one(inf, 0.0), (inf, 1.0));
        assert_eq!(one(-inf, 1.0), (inf, -1.0));
        assert_eq!(one(inf, 0.5), (inf, 0.5));
        for (z, t) in [(f32::NAN, 0.0), (f32::NAN, 1.0), (1.0, f32::NAN), (-1.0, f32::NAN)] {
            assert!(one(z, t).0.is_nan() && one(z, t).1.is_nan());
        }
    }

    #[test]
    fn the_floor_is_the_loss_at_the_targets_own_logits() {
        let t: Vec<f64> = gradcheck::noise(100, 5).iter().map(|x| 0.5 + 0.49 * x).collect();
        let z: Vec<f64> = t.iter().map(|t| (t / (1.0 - t)).ln()).collect();
        for reduction in [RowReduction::Mean, RowReduction::Sum] {
            let (loss, mut dz) = (BceWithLogits { reduction }, vec![f64::NAN; 100]);
            let least = loss.eval(&z, &t, &mut dz);
            assert!((loss.floor(&t) - least).abs() < 1e-12 * least, "{} {least}", loss.floor(&t));
            assert!(dz.iter().all(|d| d.abs() < 1e-12));
        }
        assert_eq!(BceWithLogits::default().floor(&[0f32, 1.0, 1.0]), 0.0);
        assert!(BceWithLogits::default().floor(&[1.5f32]).is_nan());
    }

    #[test]
    fn certain_answers_keep_their_gradient() {
        let (value, gradient) = one(40.0, 1.0);
        let tail = (-40f64).exp();
        assert!(
            (f64::from(value) / tail - 1.0).abs() < 1e-5 && (f64::from(gradient) / -tail - 1.0).abs() < 1e-5
        );
    }
}
