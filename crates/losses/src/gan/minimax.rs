//! The GAN loss of the theory.

use super::Side;
use super::contract::sided;
use super::patches::{self, Label};
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// Minimax (saturating) GAN loss on critic logits `c`: real `softplus(-c)`, fake `softplus(c)`, generator `-softplus(c)`.
///
/// The zero-sum game of the theory: the generator minimises `ln(1 - D)`, and its gradient dies when the critic wins
/// (`c` → -∞). With `smooth` = s the critic's real examples have the label s instead of 1, `softplus(-c) + (1 - s) c`
/// (one-sided label smoothing, Salimans et al. 2016, arXiv:1606.03498). Use [`NonSaturating`](crate::NonSaturating) to train, this one to show why. Several logits in a row are
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
/// Minimax::default().eval(&[-20.0_f64], &Side::Generator, &mut dz);
/// assert!(dz[0] < 0.0 && dz[0] > -1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimax {
    /// Label of real examples for the critic. 1 is none of one-sided smoothing, whose usual value is 0.9.
    pub smooth: f64,
}

impl Default for Minimax {
    fn default() -> Self {
        Self { smooth: 1.0 }
    }
}

sparring_math::named! {
    Minimax: "minimax", [], "Goodfellow et al. 2014, arXiv:1406.2661";
    smooth: Range::above_to(0.0, 1.0), "label of real examples for the critic; below 1 it is smoothed, 0.9 is usual";
}

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

impl Minimax {
    /// Sign and label of the binary cross-entropy that this side has.
    fn form<E: Real>(self, side: Side) -> (f64, Label<E>) {
        match side {
            Side::Real => (1.0, Label(E::of(self.smooth))),
            Side::Fake => (1.0, Label(E::ZERO)),
            Side::Generator => (-1.0, Label(E::ZERO)),
        }
    }
}

impl<E: Real> RowLoss<E> for Minimax {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        let (sign, element) = self.form(side);
        patches::eval(Self::NAME, z, dz, sign, element)
    }

    #[track_caller]
    fn hvp(&self, z: &[E], &side: &Side, v: &[E], out: &mut [E]) {
        let (sign, element) = self.form(side);
        patches::hvp(Self::NAME, z, v, out, sign, element);
    }
}

sided!(Minimax);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            for smooth in [1.0, 0.9, 0.3] {
                gradcheck::check(&Minimax { smooth }, 1, &side, 3.0);
                gradcheck::check(&Minimax { smooth }, 19, &side, 3.0);
            }
        }
    }

    #[test]
    fn the_generator_plays_against_the_critic() {
        for c in [-1e4, -3.0, 0.0, 2.0, 1e4, f64::INFINITY] {
            let (mut d, mut g) = ([0.0], [0.0]);
            let fake = Minimax::default().eval(&[c], &Side::Fake, &mut d);
            assert_eq!(fake, -Minimax::default().eval(&[c], &Side::Generator, &mut g));
            assert_eq!(d[0], -g[0]);
        }
        assert_eq!(Minimax::default().eval(&[1e4f32], &Side::Generator, &mut [0.0]), -1e4);
        assert!(Minimax::default().eval(&[f32::NAN], &Side::Generator, &mut [0.0]).is_nan());
    }
}
