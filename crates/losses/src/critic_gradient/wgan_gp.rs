//! The gradient penalty of WGAN-GP.

use super::squares::squares;
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// λ (‖g‖ − 1)² of the gradient `g` of a critic's output with respect to one example, taken between a real and a generated one.
///
/// A row holds **all** numbers of the example's gradient, channels among them: ‖g‖ = √(Σ g² + 1e-12). Gradient
/// 2 λ (1 − 1/‖g‖) g, Hessian 2 λ ((1 − 1/‖g‖) I + g gᵀ/‖g‖³). The 1e-12 stands inside the root, so both are finite where
/// g = 0, as the gradient of a dead critic is. The critic must have no batch normalisation: its gradient with respect to an
/// example would be one of the others, too. Mean over examples by the caller.
///
/// On the tape it is `row_loss(gradients, WganGp::default(), Every(()))` of the gradients as variables. Of a linear critic
/// w·x the penalty's gradient with respect to the weights is 2 λ (‖w‖ − 1) w/‖w‖.
///
/// Extremes: a gradient whose squares overflow gives +∞ and a gradient of NaN; NaN stays NaN.
///
/// Source: Gulrajani et al. 2017, arXiv:1704.00028, equation 3.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{RowLoss, WganGp};
/// let mut dg = [0.0; 2];
/// let penalty = WganGp::default().eval(&[3.0_f64, 4.0], &(), &mut dg);
/// assert!((penalty - 10.0 * 16.0).abs() < 1e-9);
/// assert!((dg[0] - 20.0 * 4.0 * 3.0 / 5.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WganGp {
    /// λ.
    pub lambda: f64,
}

impl Default for WganGp {
    fn default() -> Self {
        Self { lambda: 10.0 }
    }
}

sparring_math::named! {
    WganGp: "wgan-gp", [], "Gulrajani et al. 2017, arXiv:1704.00028";
    lambda: Range::at_least(0.0), "weight of the penalty";
}

/// What is added under the root.
const TINY: f64 = 1e-12;

impl WganGp {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "gradient penalty between real and generated examples: the critic's slope is to be 1",
        formula: "lambda (|g| - 1)^2",
        source: Self::PAPER,
        target: TargetKind::Gradient,
    };
}

impl<E: Real> RowLoss<E> for WganGp {
    type Target = ();

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, g: &[E], (): &(), dg: &mut [E]) -> E {
        assert_length(Self::NAME, g.len(), "dg", dg.len());
        let norm = (squares(g, dg) + E::of(TINY)).sqrt();
        let (lambda, off) = (E::of(self.lambda), norm - E::ONE);
        let factor = (lambda + lambda) * off / norm;
        dg.iter_mut().for_each(|d| *d *= factor);
        lambda * off * off
    }
    #[track_caller]
    fn hvp(&self, g: &[E], (): &(), v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, g.len(), "v", v.len());
        assert_length(Self::NAME, g.len(), "out", out.len());
        let norm = (squares(g, out) + E::of(TINY)).sqrt();
        let along = g.iter().zip(v).fold(E::ZERO, |sum, (&g, &v)| sum + g * v);
        let twice = E::of(2.0 * self.lambda);
        let (of_v, of_g) = (twice * (norm - E::ONE) / norm, twice * (along / norm) / norm / norm);
        out.iter_mut().zip(v).for_each(|(o, &v)| *o = of_v * v + of_g * *o);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for n in [1, 2, 7, 8, 9, 784] {
            gradcheck::check(&WganGp { lambda: 10.0 }, n, &(), 1.0);
            gradcheck::check(&WganGp { lambda: 0.5 }, n, &(), 0.1);
        }
    }

    #[test]
    fn of_a_linear_critic_it_has_the_closed_form() {
        for (scale, n) in [(0.01, 3), (0.3, 12), (1.0, 784), (20.0, 5)] {
            // The gradient of w·x at any x is w.
            let w: Vec<f64> = gradcheck::noise(n, 7).iter().map(|x| scale * x).collect();
            let norm = w.iter().map(|w| w * w).sum::<f64>().sqrt();
            let mut dg = vec![f64::NAN; n];
            let penalty = WganGp::default().eval(&w, &(), &mut dg);
            assert!((penalty - 10.0 * (norm - 1.0).powi(2)).abs() < 1e-6 * penalty.max(1.0));
            for (d, w) in dg.iter().zip(&w) {
                let want = 2.0 * 10.0 * (norm - 1.0) * w / norm;
                assert!((d - want).abs() <= 1e-6 * want.abs(), "{d} {want}");
            }
        }
    }

    #[test]
    fn a_dead_critic_is_no_nan() {
        let (mut dg, mut hv) = ([f32::NAN; 3], [f32::NAN; 3]);
        let penalty = WganGp::default().eval(&[0f32; 3], &(), &mut dg);
        assert!((penalty - 10.0).abs() < 1e-4 && dg == [0.0; 3], "{penalty} {dg:?}");
        WganGp::default().hvp(&[0f32; 3], &(), &[1.0, -1.0, 0.0], &mut hv);
        assert!(hv.iter().all(|v| v.is_finite()), "{hv:?}");
        assert!(WganGp::default().eval(&[1e4f32, -1e4], &(), &mut dg[..2]).is_finite());
        assert!(dg.iter().all(|v| v.is_finite()));
    }
}
