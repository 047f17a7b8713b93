//! The GAN loss of the theory.

use super::Side;
use super::side::Softplus;
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use sparring_math::Real;
use sparring_math::named::Named;

/// Minimax (saturating) GAN loss on critic logits `c`: real `softplus(-c)`, fake `softplus(c)`, generator `-softplus(c)`.
///
/// The zero-sum game of the theory: the generator minimises `ln(1 - D)`, and its gradient dies when the critic wins
/// (`c` → -∞). Use [`NonSaturating`](crate::NonSaturating) to train, this one to show why. Several logits in a row are
/// averaged. An empty row gives NaN.
///
/// Extremes: logits of any size never overflow; infinite logits give the limits 0 or ±∞; NaN stays NaN.
///
/// Source: Goodfellow et al. 2014, arXiv:1406.2661, equation 1.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{Minimax, RowLoss, Side};
/// let mut dz = [0.0];
/// Minimax.eval(&[-20.0_f64], &Side::Generator, &mut dz);
/// assert!(dz[0] < 0.0 && dz[0] > -1e-8);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Minimax;

sparring_math::named! { Minimax: "minimax", [], "Goodfellow et al. 2014, arXiv:1406.2661"; }

impl Minimax {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss of the zero-sum game on critic logits; the generator's gradient dies when the critic wins",
        formula: "real softplus(-c), fake softplus(c), generator -softplus(c)",
        source: Self::PAPER,
        target: TargetKind::Side,
    };
}

fn form(side: Side) -> Softplus {
    match side {
        Side::Real => Softplus { sign_in: -1.0, sign_out: 1.0 },
        Side::Fake => Softplus { sign_in: 1.0, sign_out: 1.0 },
        Side::Generator => Softplus { sign_in: 1.0, sign_out: -1.0 },
    }
}

impl<E: Real> RowLoss<E> for Minimax {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        form(side).eval(Self::NAME, z, dz)
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &side: &Side, v: &[E], out: &mut [E]) {
        form(side).hvp(Self::NAME, z, v, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            gradcheck::check(&Minimax, 1, &side, 3.0);
            gradcheck::check(&Minimax, 19, &side, 3.0);
        }
    }

    #[test]
    fn the_generator_plays_against_the_critic() {
        for c in [-1e4, -3.0, 0.0, 2.0, 1e4, f64::INFINITY] {
            let (mut d, mut g) = ([0.0], [0.0]);
            let fake = Minimax.eval(&[c], &Side::Fake, &mut d);
            assert_eq!(fake, -Minimax.eval(&[c], &Side::Generator, &mut g));
            assert_eq!(d[0], -g[0]);
        }
        assert_eq!(Minimax.eval(&[1e4f32], &Side::Generator, &mut [0.0]), -1e4);
        assert!(Minimax.eval(&[f32::NAN], &Side::Generator, &mut [0.0]).is_nan());
    }
}
