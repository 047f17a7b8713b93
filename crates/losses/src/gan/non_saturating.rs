//! The GAN loss that is used.

use super::contract::sided;
use super::patches::{self, Label};
use super::side::{SMOOTH, SMOOTH_ABOUT, Side};
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use sparring_math::Real;
use sparring_math::named::Named;

/// Non-saturating GAN loss on critic logits `c`: real `softplus(-c)`, fake `softplus(c)`, generator `softplus(-c)`.
///
/// The generator maximises `ln D` instead of minimising `ln(1 - D)`: its gradient stays near -1 while the critic wins.
/// With `smooth` = s the critic's real examples have the label s instead of 1, `softplus(-c) + (1 - s) c`: one-sided label
/// smoothing (Salimans et al. 2016, arXiv:1606.03498), under which a logit of ln(s / (1 - s)) is the best, and more costs.
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
/// let loss = NonSaturating::default().eval(&[-100.0_f64], &Side::Generator, &mut dz);
/// assert!((loss - 100.0).abs() < 1e-9 && (dz[0] + 1.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonSaturating {
    /// Label of real examples for the critic. 1 is none of one-sided smoothing, whose usual value is 0.9.
    pub smooth: f64,
}

impl Default for NonSaturating {
    fn default() -> Self {
        Self { smooth: 1.0 }
    }
}

sparring_math::named! {
    NonSaturating: "non-saturating", [], "Goodfellow et al. 2014, arXiv:1406.2661";
    smooth: SMOOTH, SMOOTH_ABOUT;
}

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

impl<E: Real> RowLoss<E> for NonSaturating {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        patches::eval(Self::NAME, z, dz, 1.0, Label(side.label(self.smooth)))
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &side: &Side, v: &[E], out: &mut [E]) {
        patches::hvp(Self::NAME, z, v, out, 1.0, Label(side.label(self.smooth)));
    }
}

sided!(NonSaturating);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            for smooth in [1.0, 0.9, 0.3] {
                gradcheck::check(&NonSaturating { smooth }, 1, &side, 3.0);
                gradcheck::check(&NonSaturating { smooth }, 19, &side, 3.0);
            }
        }
    }

    #[test]
    fn balance_and_extremes() {
        let value = |c: f64, side| NonSaturating::default().eval(&[c], &side, &mut [0.0]);
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
