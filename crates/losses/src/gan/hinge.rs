//! The GAN loss of margins.

use super::Side;
use super::contract::sided;
use super::patches::{self, Linear};
use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::Pointwise;
use sparring_math::Real;
use sparring_math::named::Named;

/// Hinge GAN loss on a critic's output `c`: real `max(0, 1 - c)`, fake `max(0, 1 + c)`, generator `-c`.
///
/// The critic stops pushing an example that is beyond the margin; the generator's gradient is -1 everywhere. Usually with
/// spectral norm in the critic. At `c = 0` the critic's two parts sum to 2. The derivative on the margin is 0, as in
/// PyTorch. Several outputs in a row are averaged. An empty row gives NaN.
///
/// Extremes: infinite outputs give the limits 0 or ±∞; NaN stays NaN, also in the gradient.
///
/// Source: Lim and Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{Hinge, RowLoss, Side};
/// let mut dz = [f64::NAN];
/// assert_eq!(Hinge.eval(&[2.0], &Side::Real, &mut dz), 0.0);
/// assert_eq!(dz, [0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hinge;

sparring_math::named! { Hinge: "hinge", [], "Lim and Ye 2017, arXiv:1705.02894"; }

impl Hinge {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss of margins: the critic lets go of examples beyond 1; usually with spectral norm",
        formula: "real max(0, 1 - c), fake max(0, 1 + c), generator -c",
        source: Self::PAPER,
        target: TargetKind::Side,
    };
}

/// `max(0, 1 + sign c)`.
#[derive(Clone, Copy)]
struct Margin<E>(E);

impl<E: Real> Pointwise<E> for Margin<E> {
    #[inline(always)]
    fn at(self, c: E, _: E) -> (E, E) {
        let m = E::ONE + self.0 * c;
        // A NaN is not beyond the margin, and reaches both.
        let d = if m.is_nan() { m } else { self.0 };
        if m <= E::ZERO { (E::ZERO, E::ZERO) } else { (m, d) }
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ZERO
    }
}

impl<E: Real> RowLoss<E> for Hinge {
    type Target = Side;

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, z: &[E], &side: &Side, dz: &mut [E]) -> E {
        match side {
            Side::Real => patches::eval(Self::NAME, z, dz, 1.0, Margin(-E::ONE)),
            Side::Fake => patches::eval(Self::NAME, z, dz, 1.0, Margin(E::ONE)),
            Side::Generator => patches::eval(Self::NAME, z, dz, -1.0, Linear),
        }
    }
    #[track_caller]
    fn hvp(&self, z: &[E], _: &Side, v: &[E], out: &mut [E]) {
        patches::hvp(Self::NAME, z, v, out, 1.0, Linear);
    }
}

sided!(Hinge);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn gradient_and_hessian_agree_with_differences() {
        for side in [Side::Real, Side::Fake, Side::Generator] {
            gradcheck::check(&Hinge, 1, &side, 3.0);
            gradcheck::check(&Hinge, 19, &side, 3.0);
        }
    }

    #[test]
    fn margins_and_extremes() {
        let at = |c: f32, side| {
            let mut d = [f32::NAN];
            (Hinge.eval(&[c], &side, &mut d), d[0])
        };
        assert_eq!(at(0.0, Side::Real).0 + at(0.0, Side::Fake).0, 2.0);
        for (c, real, fake) in [
            (1.0, (0.0, 0.0), (2.0, 1.0)),
            (-1.0, (2.0, -1.0), (0.0, 0.0)),
            (1e4, (0.0, 0.0), (10_001.0, 1.0)),
            (-1e4, (10_001.0, -1.0), (0.0, 0.0)),
            (f32::INFINITY, (0.0, 0.0), (f32::INFINITY, 1.0)),
        ] {
            assert_eq!((at(c, Side::Real), at(c, Side::Fake)), (real, fake), "{c}");
            assert_eq!(at(c, Side::Generator), (-c, -1.0));
        }
        let (value, d) = at(f32::NAN, Side::Fake);
        assert!(value.is_nan() && d.is_nan());
    }
}
