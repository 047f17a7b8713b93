//! The GAN loss of least squares.

use super::contract::sided;
use super::patches;
use super::side::{SMOOTH, SMOOTH_ABOUT, Side};
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::Pointwise;
use sparring_math::Real;
use sparring_math::named::Named;

/// Least-squares GAN loss on a critic's linear output `c`: real `(c - smooth)² / 2`, fake `c² / 2`, generator `(c - 1)² / 2`.
///
/// The labels are 0 and 1 (0-1 coding, b = c = 1 in the paper); `smooth` is the label of real examples for the critic. At
/// balance (`c = ½`) the critic's two parts sum to 0.25, the generator has 0.125. Several logits in a row are averaged. An
/// empty row gives NaN. The critic must end in a linear layer, without sigmoid.
///
/// Extremes: an output whose square overflows gives +∞ with a finite gradient; NaN stays NaN.
///
/// Source: Mao et al. 2017, arXiv:1611.04076, equation 9.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{Lsgan, RowLoss, Side};
/// let mut dz = [0.0];
/// assert_eq!(Lsgan::default().eval(&[0.5_f64], &Side::Generator, &mut dz), 0.125);
/// assert_eq!(dz, [-0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lsgan {
    /// Label of real examples for the critic. 1 is none of one-sided smoothing, whose usual value is 0.9.
    pub smooth: f64,
}

impl Default for Lsgan {
    fn default() -> Self {
        Self { smooth: 1.0 }
    }
}

sparring_math::named! {
    Lsgan: "lsgan", ["least-squares"], "Mao et al. 2017, arXiv:1611.04076";
    smooth: SMOOTH, SMOOTH_ABOUT;
}

impl Lsgan {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss of least squares on a critic's linear output; gradients grow with the distance from the label",
        formula: "real (c - 1)^2 / 2, fake c^2 / 2, generator (c - 1)^2 / 2",
        source: Self::PAPER,
        target: TargetKind::Side,
    };
}

/// `(c - label)² / 2`.
#[derive(Clone, Copy)]
struct HalfSquare<E>(E);

impl<E: Real> Pointwise<E> for HalfSquare<E> {
    #[inline(always)]
    fn at(self, c: E, _: E) -> (E, E) {
        let d = c - self.0;
        (E::of(0.5) * d * d, d)
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ONE
    }
}

impl<E: Real> RowLoss<E> for Lsgan {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        patches::eval(Self::NAME, z, dz, 1.0, HalfSquare(side.label(self.smooth)))
    }
    #[track_caller]
    fn hvp(&self, z: &[E], &side: &Side, v: &[E], out: &mut [E]) {
        patches::hvp(Self::NAME, z, v, out, 1.0, HalfSquare(side.label(self.smooth)));
    }
}

sided!(Lsgan);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            for smooth in [1.0, 0.9] {
                gradcheck::check(&Lsgan { smooth }, 1, &side, 3.0);
                gradcheck::check(&Lsgan { smooth }, 19, &side, 3.0);
            }
        }
    }

    #[test]
    fn balance_and_extremes() {
        let value = |c: f64, side| Lsgan::default().eval(&[c], &side, &mut [0.0]);
        assert_eq!(value(0.5, Side::Real) + value(0.5, Side::Fake), 0.25);
        assert_eq!(value(0.5, Side::Generator), 0.125);
        // Smoothed, the best real output is the label.
        let mut d = [f64::NAN];
        assert_eq!((Lsgan { smooth: 0.9 }.eval(&[0.9], &Side::Real, &mut d), d), (0.0, [0.0]));
        let mut d = [0f32];
        assert_eq!((Lsgan::default().eval(&[-1e4f32], &Side::Fake, &mut d), d), (5e7, [-1e4]));
        assert_eq!(Lsgan::default().eval(&[1e4f32], &Side::Fake, &mut d), 5e7);
        assert!(value(f64::NAN, Side::Generator).is_nan());
    }
}
