//! The GAN loss of the Wasserstein distance.

use super::Side;
use super::contract::sided;
use super::patches::{self, Linear};
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use sparring_math::Real;
use sparring_math::named::Named;

/// Wasserstein GAN loss on a critic's output `c`: real `-c`, fake `c`, generator `-c`.
///
/// The critic's mean loss is minus an estimate of the distance between real and generated examples times the critic's
/// Lipschitz constant, so the critic must be held to one: by clipped weights (the paper's way, 0.01), by
/// [`WganGp`](crate::WganGp) or by spectral norm. Several outputs in a row are averaged. An empty row gives NaN.
///
/// Extremes: NaN stays NaN, also in the gradient.
///
/// Source: Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{RowLoss, Side, Wasserstein};
/// let mut dz = [0.0];
/// assert_eq!(Wasserstein.eval(&[3.0_f64], &Side::Real, &mut dz), -3.0);
/// assert_eq!(dz, [-1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wasserstein;

sparring_math::named! { Wasserstein: "wasserstein", ["wgan"], "Arjovsky et al. 2017, arXiv:1701.07875"; }

impl Wasserstein {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss of the Wasserstein distance on a critic's output; needs a critic whose slope is bounded",
        formula: "real -c, fake c, generator -c",
        source: Self::PAPER,
        target: TargetKind::Side,
    };
}

fn sign(side: Side) -> f64 {
    match side {
        Side::Real | Side::Generator => -1.0,
        Side::Fake => 1.0,
    }
}

impl<E: Real> RowLoss<E> for Wasserstein {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        patches::eval(Self::NAME, z, dz, sign(side), Linear)
    }
    #[track_caller]
    fn hvp(&self, z: &[E], &side: &Side, v: &[E], out: &mut [E]) {
        patches::hvp(Self::NAME, z, v, out, sign(side), Linear);
    }
}

sided!(Wasserstein);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            gradcheck::check(&Wasserstein, 1, &side, 3.0);
            gradcheck::check(&Wasserstein, 19, &side, 3.0);
        }
    }

    #[test]
    fn the_parts_cancel_where_the_critic_sees_no_difference() {
        let value = |c: f32, side| Wasserstein.eval(&[c], &side, &mut [0.0]);
        for c in [-1e4, 0.0, 1e4] {
            assert_eq!(value(c, Side::Real) + value(c, Side::Fake), 0.0);
            assert_eq!(value(c, Side::Generator), -c);
        }
        let mut d = [0f32];
        assert!(Wasserstein.eval(&[f32::NAN], &Side::Real, &mut d).is_nan() && d[0].is_nan());
    }
}
