//! Cross-entropy of a softmax, in one piece.

use crate::RowLoss;
use crate::abreast::{self, WholeRow};
use crate::info::{LossInfo, TargetKind};
use crate::peak::{Exponentials, Peak};
use crate::targets::{assert_class, assert_length};
use sparring_math::named::Named;
use sparring_math::{Real, simd};

/// Softmax cross-entropy on logits: `ln(sum_i exp(z_i)) - z_y`.
///
/// Gradient `p - onehot(y)` with `p = softmax(z)`; Hessian `diag(p) - p pᵀ`. The largest logit is kept out of the sums,
/// so loss and gradient keep full relative precision when the model is nearly certain (a loss of 1e-30 is not
/// rounded to 0). Beyond that they vanish: attacks climb [`LogOdds`](crate::LogOdds) instead: at T = 1 (spread of
/// the row's logits between 0.01 and 100) an increasing function of this loss, elsewhere the same at temperature T (and T jumps there).
///
/// Extremes: finite logits never overflow; a class 80 (f32) or 700 (f64) below the largest logit has probability exactly 0. A logit of -∞ is a
/// class that cannot be: probability 0, loss +∞ if it is the target. A NaN, a +∞, or nothing but -∞ gives NaN, as in PyTorch.
///
/// Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3.
///
/// # Panics
/// If `t` is not below `z.len()`, or the lengths differ. [`check_targets`](crate::check_targets) is the polite way.
///
/// ```
/// use sparring_losses::{CrossEntropy, RowLoss};
/// let mut dz = [0.0; 2];
/// let loss = CrossEntropy.eval(&[0.0_f64, 0.0], &1, &mut dz);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && dz == [0.5, -0.5]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CrossEntropy;

sparring_math::named! { CrossEntropy: "cross-entropy", ["ce"], "Goodfellow, Bengio, Courville 2016, section 6.2.2.3"; }

impl CrossEntropy {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "softmax cross-entropy on logits: the loss of classifiers and of most gradient attacks",
        formula: "ln(sum_i exp(z_i)) - z_y",
        source: Self::PAPER,
        target: TargetKind::Class,
    };
}

impl<E: Real> RowLoss<E> for CrossEntropy {
    type Target = usize;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &y: &usize, dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        assert_class(Self::NAME, y, z.len());
        let Peak { at, max, rest } =
            simd::dispatch(Exponentials { z, without: None, sharpness: E::ONE, out: dz });
        let scale = E::ONE / (E::ONE + rest);
        for d in dz.iter_mut() {
            *d *= scale;
        }
        if y == at {
            dz[at] = -(rest * scale);
        } else {
            dz[at] = scale;
            dz[y] -= E::ONE;
        }
        (max - z[y]) + rest.ln_1p()
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
        abreast::eval_rows(self, WholeRow, z, cols, targets, losses, dz);
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &y: &usize, v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        assert_class(Self::NAME, y, z.len());
        let Peak { at, rest, .. } =
            simd::dispatch(Exponentials { z, without: None, sharpness: E::ONE, out: &mut *out });
        let scale = E::ONE / (E::ONE + rest);
        // The Hessian does not see a constant added to v: measured from v at the peak, nothing cancels.
        let origin = v[at];
        let mut mean = E::ZERO;
        for (p, &v) in out.iter_mut().zip(v) {
            *p *= scale;
            mean += *p * (v - origin);
        }
        out[at] = scale;
        for (o, &v) in out.iter_mut().zip(v) {
            *o *= (v - origin) - mean;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 2, 3, 10, 17, 100] {
            for y in [0, n / 2, n - 1] {
                gradcheck::check(&CrossEntropy, n, &y, 3.0);
            }
        }
    }

    #[test]
    fn certain_models_keep_their_gradient() {
        let mut dz = [0f32; 3];
        let loss = CrossEntropy.eval(&[50.0, 0.0, -10.0], &0, &mut dz);
        let tail = (-50f64).exp() + (-60f64).exp();
        assert!((f64::from(loss) / tail - 1.0).abs() < 1e-5, "{loss}");
        assert!((f64::from(dz[0]) / -tail - 1.0).abs() < 1e-5, "{dz:?}");
        let mut out = [0f32; 3];
        CrossEntropy.hvp(&[50.0, 0.0, -10.0], &0, &[1.0, 2.0, 5.0], &mut out);
        let want = (-50f64).exp() + 4.0 * (-60f64).exp();
        assert!((f64::from(out[0]) / -want - 1.0).abs() < 1e-5, "{out:?}");
    }

    #[test]
    fn no_probability_is_subnormal() {
        let z: Vec<f32> = (0..784).map(|i| -(i as f32) * 0.15).chain([0.0; 200]).collect();
        let mut dz = vec![0f32; z.len()];
        CrossEntropy.eval(&z, &0, &mut dz);
        assert!(dz.iter().all(|d| *d == 0.0 || d.is_normal()));
        assert!(dz.contains(&0.0) && dz.iter().any(|d| *d > 0.0 && *d < 1e-34));
    }

    #[test]
    fn extreme_logits() {
        let mut dz = [0f32; 2];
        assert_eq!(CrossEntropy.eval(&[1e4, -1e4], &1, &mut dz), 2e4);
        assert_eq!(dz, [1.0, -1.0]);
        assert_eq!(CrossEntropy.eval(&[1e4, -1e4], &0, &mut dz), 0.0);
        assert_eq!(dz, [0.0, 0.0]);
        assert_eq!(CrossEntropy.eval(&[f32::MAX, -f32::MAX], &1, &mut dz), f32::INFINITY);
        let never = f32::NEG_INFINITY;
        assert_eq!(CrossEntropy.eval(&[1.0, never], &0, &mut dz), 0.0);
        assert_eq!(CrossEntropy.eval(&[1.0, never], &1, &mut dz), f32::INFINITY);
        assert_eq!(dz, [1.0, -1.0]);
        for row in [[never, never], [f32::INFINITY, 0.0], [f32::NAN, 0.0], [0.0, f32::NAN]] {
            for y in 0..2 {
                assert!(CrossEntropy.eval(&row, &y, &mut dz).is_nan(), "{row:?}");
                assert!(dz.iter().any(|d| d.is_nan()), "{row:?} {dz:?}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "class 3 is out of range, the row has 3 logits")]
    fn wrong_class() {
        CrossEntropy.eval(&[0.0f32; 3], &3, &mut [0.0; 3]);
    }
}
