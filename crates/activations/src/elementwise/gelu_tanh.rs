//! GELU in the form with tanh: x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 = x σ(w).
//!
//! value       f(x)   = x σ(w), w = √(8/π) (x + 0.044715 x³); within 4.8e-4 of the exact form
//! derivative  f'(x)  = σ + x σ(1 − σ) w'
//! second      f''(x) = σ(1 − σ) (2 w' + x (w'² (1 − 2σ) + w''))
//! without cancellation: f(x) = max(x, 0) − |x| σ(−|w|); w is computed in double precision, since its rounding error grows in the exponential
//! bounds      range [−0.17004, ∞) with the minimum at −0.7525, 1.129-Lipschitz (at 1.4185), curvature √(2/π) = 0.7979 at 0, not monotone
//! source      Hendrycks and Gimpel 2016, arXiv:1606.08415

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// √(8/π).
const SCALE: f64 = 1.595_769_121_605_730_7;
const CUBIC: f64 = 0.044_715;

/// |x|, at most as far as σ goes.
#[inline(always)]
fn bounded<E: Real>(x: E) -> E {
    let (a, top) = (x.abs(), E::NORMAL_REACH);
    if a > top { top } else { a }
}

/// −|w| and what its rounding left.
#[inline(always)]
fn argument<E: Real>(a: E) -> (E, E) {
    a.in_double(|a| -SCALE * (a + CUBIC * a * a * a))
}

/// |x|, at most as far as σ goes, and σ(−|w|).
#[inline(always)]
fn left<E: Real>(x: E) -> (E, E) {
    let a = bounded(x);
    let (w, rest) = argument(a);
    let tail = w.sigmoid();
    (a, tail * (E::ONE - tail).madd(rest, E::ONE))
}

/// w'.
#[inline(always)]
fn rise<E: Real>(a: E) -> E {
    E::of(3.0 * CUBIC * SCALE).madd(a * a, E::of(SCALE))
}

/// f(x) = x σ(w), w = √(8/π) (x + 0.044715 x³).
///
/// ```
/// use sparring_activations::{Activation, GeluTanh};
///
/// assert_eq!((GeluTanh.f(0.0f64), GeluTanh.df(0.0f64)), (0.0, 0.5));
/// assert!((GeluTanh.f(1.0f64) - 0.841_191_990_608_276).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GeluTanh;

sparring_math::named! {
    GeluTanh: "gelu_tanh", [], "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

impl Configured for GeluTanh {
    const DEFAULT: Self = GeluTanh;
}

turns! { GeluTanh: extrema [-0.752_461_422_071_016_3], bends [-1.418_504_008_790_828_4, 1.418_504_008_790_828_4] }

impl<E: Real> Activation<E> for GeluTanh {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))) / 2",
            source: Self::PAPER,
            range: (Some(-0.170_040_750_571_254_05), None),
            lipschitz: Some(1.128_993_068_658_771_8),
            curvature: Some(0.797_884_560_802_865_4),
            monotone: false,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "the default of GELU in JAX",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let (a, tail) = left(x);
        (-a).madd(tail, if x < E::ZERO { E::ZERO } else { x })
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        // At −a = −|x| it is e (1 − a w' + e)/(1 + e)² with e = e⁻ʷ, as SiLU's.
        let a = bounded(x);
        let (w, rest) = argument(a);
        let (turn, turn_rest) = a.in_double(|a| SCALE * (a + 3.0 * CUBIC * a * a * a));
        let e = w.exp_nonpos_sum(rest);
        // (1 + e)² with one rounding where e is small.
        let square = e.madd(e + E::of(2.0), E::ONE);
        let left = e * ((E::ONE - turn) + (e - turn_rest)) / square;
        if x > E::ZERO { E::ONE - left } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        // Even in x: at −|x|.
        let (a, tail) = left(x);
        let (w1, two) = (rise(a), E::of(2.0));
        let bracket = two * w1 - a * (w1 * w1 * (E::ONE - two * tail) - E::of(6.0 * CUBIC * SCALE) * a);
        tail * (E::ONE - tail) * bracket
    }

    fused_slices!();
}
