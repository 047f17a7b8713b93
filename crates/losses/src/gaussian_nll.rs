//! The likelihood of a normal distribution.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::{self, Pointwise};
use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// −ln N(t; z, σ²) of a row of targets under normal distributions around the values `z`, in nats: Σ_i (z_i − t_i)² / (2 σ²) + ln σ + ½ ln 2π.
///
/// **Summed** over the row, as a likelihood is. Gradient (z − t) / σ², Hessian the identity over σ². PyTorch's
/// `GaussianNLLLoss(full=True, reduction="sum")` with variance σ². A density: it may be below 0.
///
/// Extremes: as [`Mse`](crate::Mse).
///
/// Source: Gauss 1809; the reconstruction of VAEs, Kingma and Welling 2014, arXiv:1312.6114, appendix C.2.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{GaussianNll, RowLoss};
/// let mut dz = [0.0];
/// let nll = GaussianNll { sigma: 0.5 }.eval(&[1.0_f64], &[0.0], &mut dz);
/// assert!((nll - (2.0 + 0.5f64.ln() + 0.5 * std::f64::consts::TAU.ln())).abs() < 1e-12 && dz == [4.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GaussianNll {
    /// Standard deviation, in the unit of the values.
    pub sigma: f64,
}

impl Default for GaussianNll {
    fn default() -> Self {
        Self { sigma: 1.0 }
    }
}

sparring_math::named! {
    GaussianNll: "gaussian-nll", [], "Kingma and Welling 2014, arXiv:1312.6114";
    sigma: Range::above(0.0), "standard deviation, in the unit of the values";
}

impl GaussianNll {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "minus the log-likelihood under normal noise of standard deviation sigma (1), summed over the row",
        formula: "sum_i (z_i - t_i)^2 / (2 sigma^2) + ln sigma + ln(2 pi) / 2",
        source: Self::PAPER,
        target: TargetKind::Values,
    };
    fn weight(self) -> f64 {
        1.0 / (self.sigma * self.sigma)
    }
}

#[derive(Clone, Copy)]
struct HalfSquare;

impl<E: Real> Pointwise<E> for HalfSquare {
    #[inline(always)]
    fn at(self, z: E, t: E) -> (E, E) {
        let d = z - t;
        (E::of(0.5) * d * d, d)
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ONE
    }
}

impl<E: Real> RowLoss<E> for GaussianNll {
    type Target = [E];

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, z: &[E], t: &[E], dz: &mut [E]) -> E {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "dz", dz.len());
        let each = self.sigma.ln() + 0.5 * std::f64::consts::TAU.ln();
        lanes::eval(z, t, dz, E::of(self.weight()), HalfSquare) + E::of(z.len() as f64 * each)
    }
    #[track_caller]
    fn hvp(&self, z: &[E], t: &[E], v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, z.len(), "the target", t.len());
        assert_length(Self::NAME, z.len(), "v", v.len());
        assert_length(Self::NAME, z.len(), "out", out.len());
        lanes::hvp(z, v, out, E::of(self.weight()), HalfSquare);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 9, 784] {
            let t = gradcheck::noise(n, 99);
            for sigma in [1.0, 0.3] {
                gradcheck::check(&GaussianNll { sigma }, n, t.as_slice(), 2.0);
            }
        }
    }

    #[test]
    fn the_density_has_mass_one() {
        let step = 1e-3;
        let loss = GaussianNll { sigma: 0.4 };
        let density = |t: f64| (-loss.eval(&[0.3], &[t], &mut [0.0])).exp();
        let mass: f64 = (-4000..4000).map(|i| density(0.3 + f64::from(i) * step) * step).sum();
        assert!((mass - 1.0).abs() < 1e-9, "{mass}");
    }
}
