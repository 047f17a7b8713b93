//! Squared error.

use crate::info::{LossInfo, TargetKind};
use crate::lanes::Pointwise;
use crate::targets::assert_length;
use crate::{RowLoss, RowReduction, lanes};
use sparring_math::named::Named;
use sparring_math::{Real, simd};

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
        simd::dispatch(Scaled { z, t, dz, scale })
    }
}

/// [`Mse::scaled`] in 32 sums side by side: 8 would wait for each other's additions.
struct Scaled<'a, E> {
    z: &'a [E],
    t: &'a [E],
    dz: &'a mut [E],
    scale: E,
}

impl<E: Real> simd::Kernel for Scaled<'_, E> {
    type Output = E;
    #[inline(always)]
    fn run(self) -> E {
        const SUMS: usize = 32;
        let twice = self.scale + self.scale;
        let mut sums = [E::ZERO; SUMS];
        let ((zs, z), (ts, t), (dzs, dz)) =
            (self.z.as_chunks::<SUMS>(), self.t.as_chunks::<SUMS>(), self.dz.as_chunks_mut::<SUMS>());
        for ((z, t), dz) in zs.iter().zip(ts).zip(dzs) {
            for j in 0..SUMS {
                let d = z[j] - t[j];
                sums[j] += d * d;
                dz[j] = twice * d;
            }
        }
        for (((z, t), dz), sum) in z.iter().zip(t).zip(dz).zip(&mut sums) {
            let d = *z - *t;
            *sum += d * d;
            *dz = twice * d;
        }
        for half in [16, 8, 4, 2, 1] {
            for j in 0..half {
                sums[j] += sums[j + half];
            }
        }
        self.scale * sums[0]
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
    fn scaled_is_the_sum_times_the_scale() {
        for n in [0, 1, 31, 32, 33, 100, 784] {
            let (z, t): (Vec<f64>, Vec<f64>) = (gradcheck::noise(n, 3), gradcheck::noise(n, 4));
            let [mut a, mut b] = [0; 2].map(|_| vec![0.0; n]);
            let whole = Mse { reduction: RowReduction::Sum }.eval(&z, &t, &mut a);
            let scaled = Mse::scaled(0.25, &z, &t, &mut b);
            assert!((scaled - 0.25 * whole).abs() <= 1e-12 * (1.0 + whole), "{n}: {scaled} {whole}");
            assert!(a.iter().zip(&b).all(|(a, b)| (0.25 * a - b).abs() <= 1e-15 * (1.0 + a.abs())));
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
