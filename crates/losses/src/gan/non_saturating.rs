//! The GAN loss that is used.

use super::Side;
use super::side::Softplus;
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use sparring_math::Real;
use sparring_math::named::Named;

/// Non-saturating GAN loss on critic logits `c`: real `softplus(-c)`, fake `softplus(c)`, generator `softplus(-c)`.
///
/// The generator maximises `ln D` instead of minimising `ln(1 - D)`: its gradient stays near -1 while the critic wins.
/// At balance (`c = 0`) the critic's two parts sum to 2 ln 2, the generator has ln 2. Several logits in a row
/// (one per patch) are averaged. An empty row gives NaN.
///
/// Extremes: logits of any size never overflow; infinite logits give the limits 0 or +∞; NaN stays NaN.
///
/// Source: Goodfellow et al. 2014, arXiv:1406.2661, section 3.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{NonSaturating, RowLoss, Side};
/// let mut dz = [0.0];
/// let loss = NonSaturating.eval(&[-100.0_f64], &Side::Generator, &mut dz);
/// assert!((loss - 100.0).abs() < 1e-9 && (dz[0] + 1.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NonSaturating;

sparring_math::named! { NonSaturating: "non-saturating", [], "Goodfellow et al. 2014, arXiv:1406.2661"; }

impl NonSaturating {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss on critic logits; the generator maximises ln D, so its gradient survives a winning critic",
        formula: "real softplus(-c), fake softplus(c), generator softplus(-c)",
        source: Self::PAPER,
        target: TargetKind::Side,
    };
}

fn form(side: Side) -> Softplus {
    match side {
        Side::Real | Side::Generator => Softplus { sign_in: -1.0, sign_out: 1.0 },
        Side::Fake => Softplus { sign_in: 1.0, sign_out: 1.0 },
    }
}

impl<E: Real> RowLoss<E> for NonSaturating {
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
            gradcheck::check(&NonSaturating, 1, &side, 3.0);
            gradcheck::check(&NonSaturating, 19, &side, 3.0);
        }
    }

    #[test]
    fn balance_and_extremes() {
        let value = |c: f64, side| NonSaturating.eval(&[c], &side, &mut [0.0]);
        assert!((value(0.0, Side::Real) + value(0.0, Side::Fake) - 2.0 * 2f64.ln()).abs() < 1e-12);
        assert!((value(0.0, Side::Generator) - 2f64.ln()).abs() < 1e-12);
        assert_eq!((value(1e4, Side::Real), value(-1e4, Side::Real)), (0.0, 1e4));
        assert_eq!((value(1e4, Side::Fake), value(-1e4, Side::Fake)), (1e4, 0.0));
        let inf = f64::INFINITY;
        assert_eq!(
            (value(inf, Side::Real), value(-inf, Side::Real), value(inf, Side::Fake)),
            (0.0, inf, inf)
        );
        assert!(value(f64::NAN, Side::Generator).is_nan());
    }
}
