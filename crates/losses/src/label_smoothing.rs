//! Cross-entropy against a label that is not wholly certain.

use crate::targets::{assert_class, assert_length};
use crate::{CrossEntropy, RowLoss};
use sparring_math::Real;

/// Cross-entropy against (1 − s) · onehot(y) + s / K for K classes: CE(z, y) + s · (z_y − mean z).
///
/// Gradient softmax(z) − target. It is PyTorch's `cross_entropy(.., label_smoothing=s)`.
///
/// Source: Szegedy et al. 2016, arXiv:1512.00567, section 7.
///
/// ```
/// use sparring_losses::{LabelSmoothing, RowLoss};
/// let mut dz = [0.0; 2];
/// let loss = LabelSmoothing { smoothing: 0.2 }.eval(&[0.0_f64, 0.0], &1, &mut dz);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && (dz[1] + 0.4).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabelSmoothing {
    /// s: the share of the label that goes to all classes alike.
    pub smoothing: f64,
}

impl LabelSmoothing {
    /// What smoothing adds to `weight` times a cross-entropy, s · weight · (z_y − mean z); its gradient is added to `dz`. Nothing changes where s or the weight is 0.
    ///
    /// # Panics
    /// If the lengths differ or `y` is no class.
    #[track_caller]
    pub fn add<E: Real>(&self, weight: f64, z: &[E], y: usize, dz: &mut [E]) -> E {
        assert_length("label smoothing", z.len(), "dz", dz.len());
        assert_class("label smoothing", y, z.len());
        let s = E::of(self.smoothing * weight);
        if s == E::ZERO {
            return E::ZERO;
        }
        let share = E::of(1.0 / z.len() as f64);
        let below = z.iter().fold(E::ZERO, |sum, &v| sum + (z[y] - v));
        dz.iter_mut().for_each(|d| *d -= s * share);
        dz[y] += s;
        s * share * below
    }
    /// What is added to the loss against `y` where the share `share` of the label is that of the class `other`: (1 − s) · share · (z_y − z_other), which makes it
    /// (1 − share) · loss(z, y) + share · loss(z, other). Its gradient is added to `dz`.
    ///
    /// # Panics
    /// If the lengths differ or one of the two is no class.
    #[track_caller]
    pub fn add_label<E: Real>(&self, share: f64, z: &[E], [y, other]: [usize; 2], dz: &mut [E]) -> E {
        assert_length("label smoothing", z.len(), "dz", dz.len());
        [y, other].into_iter().for_each(|y| assert_class("label smoothing", y, z.len()));
        let s = E::of((1.0 - self.smoothing) * share);
        dz[y] += s;
        dz[other] -= s;
        s * (z[y] - z[other])
    }
}

impl<E: Real> RowLoss<E> for LabelSmoothing {
    type Target = usize;

    fn name(&self) -> &'static str {
        "label-smoothing"
    }
    #[track_caller]
    fn eval(&self, z: &[E], y: &usize, dz: &mut [E]) -> E {
        let loss = CrossEntropy.eval(z, y, dz);
        loss + self.add(1.0, z, *y, dz)
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
        if self.smoothing == 0.0 {
            return;
        }
        let rows = z.chunks_exact(cols.max(1)).zip(dz.chunks_exact_mut(cols.max(1)));
        for (i, ((z, dz), loss)) in rows.zip(losses).enumerate() {
            *loss += self.add(1.0, z, *targets(i), dz);
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
        for (n, smoothing) in [(2, 0.1), (10, 0.4), (17, 0.0)] {
            gradcheck::check(&LabelSmoothing { smoothing }, n, &(n / 2), 3.0);
        }
    }

    #[test]
    fn two_labels_are_two_losses_by_their_shares() {
        let z = [0.3_f64, -1.2, 2.5, 0.0];
        for (smoothing, share, labels) in [(0.0, 0.3, [1, 2]), (0.2, 0.75, [3, 0]), (0.1, 0.4, [2, 2])] {
            let loss = LabelSmoothing { smoothing };
            let [mut dz, mut first, mut second] = [[0.0; 4]; 3];
            let got = loss.eval(&z, &labels[0], &mut dz) + loss.add_label(share, &z, labels, &mut dz);
            let want = (1.0 - share) * loss.eval(&z, &labels[0], &mut first)
                + share * loss.eval(&z, &labels[1], &mut second);
            assert!((got - want).abs() < 1e-14, "{got} {want}");
            for (i, d) in dz.iter().enumerate() {
                assert!((d - (1.0 - share) * first[i] - share * second[i]).abs() < 1e-15, "{dz:?}");
            }
        }
    }
}
