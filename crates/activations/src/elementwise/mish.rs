//! Mish: x tanh(softplus x).
//!
//! value       f(x)   = x w with w = tanh(ln(1 + eˣ)) = n / (n + 2), n = eˣ (eˣ + 2)
//! derivative  f'(x)  = w + x w', w' = 4 eˣ (1 + eˣ) / (n + 2)²
//! second      f''(x) = 2 w' + x w'', w'' = 4 eˣ (2 + 2eˣ − 3e²ˣ − 2e³ˣ) / (n + 2)³
//! without overflow: for x ≥ 0 numerators and denominators are divided by the highest power of eˣ, so that all is a polynomial in
//!             e = e^(−|x|) ≤ 1 on both sides
//! source      Misra 2019, arXiv:1908.08681
//! bounds      range [−0.30884, ∞) with the minimum at −1.1924, 1.0885-Lipschitz (at 1.4906), curvature 0.6442 at −0.0879,
//!             not monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x tanh(ln(1 + eˣ)).
///
/// ```
/// use sparring_activations::{Activation, Mish};
///
/// assert_eq!((Mish.f(0.0f32), Mish.df(0.0f32)), (0.0, 0.6));
/// assert_eq!((Mish.f(f32::NEG_INFINITY), Mish.f(1000.0f32)), (0.0, 1000.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mish;

sparring_math::named! {
    Mish: "mish", [], "Misra 2019, arXiv:1908.08681";
}

impl Configured for Mish {
    const DEFAULT: Self = Mish;
}

/// e = e^(−|x|), and the denominator n + 2 = c + r, for x ≥ 0 over e²ˣ: the constant c and what vanishes with e.
#[inline(always)]
fn parts<E: Real>(x: E) -> (E, E, E) {
    let (e, one, two) = ((-x.abs()).exp_nonpos(), E::ONE, E::of(2.0));
    if x < E::ZERO { (e, two, e * (e + two)) } else { (e, one, (e + e) * (e + one)) }
}

/// x no further from 0 than where e^(−|x|) is 0: 0 · ∞ would be NaN.
#[inline(always)]
fn near<E: Real>(x: E) -> E {
    let (low, high) = (E::of(-800.0), E::of(800.0));
    let c = if x < low { low } else { x };
    if c > high { high } else { c }
}

turns! { Mish: extrema [-1.192_431_214_515_495_2], bends [-2.256_376_396_360_793, 1.490_571_179_485_428_5] }

impl<E: Real> Activation<E> for Mish {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x * tanh(ln(1 + exp(x)))",
            source: Self::PAPER,
            range: (Some(-0.308_843_413_017_250_4), None),
            lipschitz: Some(1.088_498_161_251_728),
            curvature: Some(0.644_204_637_236_972_5),
            monotone: false,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let low = E::of(-800.0);
        let c = if x < low { low } else { x };
        let (e, constant, rest) = parts(x);
        let numerator = if x < E::ZERO { rest } else { e.madd(E::of(2.0), E::ONE) };
        c * (numerator / (constant + rest))
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let (e, constant, rest) = parts(x);
        let denominator = constant + rest;
        // (c + r)² with one rounding where e is small.
        let square = rest.madd(rest + (constant + constant), constant * constant);
        let (one, two, four) = (E::ONE, E::of(2.0), E::of(4.0));
        // n (n + 2) + 4 x eˣ (1 + eˣ), for x < 0 without one factor eˣ, for x ≥ 0 over e⁴ˣ. Left of 0 by powers of eˣ, 4 + 4x + eˣ (6 + 4x + eˣ (4 + eˣ)):
        // around the zero the sums without eˣ are exact.
        let negative = x < E::ZERO;
        let four_x = four * near(x);
        let left = e * e.madd(e.madd(e + four, four_x + E::of(6.0)), four_x + four);
        let right = (four_x * (e * e)).madd(e + one, e.madd(two, one) * denominator);
        (if negative { left } else { right }) / square
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let (e, constant, rest) = parts(x);
        let denominator = constant + rest;
        let (one, two, three) = (E::ONE, E::of(2.0), E::of(3.0));
        let negative = x < E::ZERO;
        // 2 + 2eˣ − 3e²ˣ − 2e³ˣ, for x ≥ 0 over e³ˣ.
        let left = e.madd(e.madd((-two).madd(e, -three), two), two);
        let right = e.madd(e.madd(two.madd(e, two), -three), -two);
        let cubic = if negative { left } else { right };
        let sum = near(x).madd(cubic, two * (e + one) * denominator);
        let factor = E::of(4.0) * (if negative { e } else { e * e });
        factor * (sum / (denominator * denominator * denominator))
    }

    fused_slices!();
}
