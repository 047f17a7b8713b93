//! Quick GELU: x σ(1.702 x).
//!
//! value       f(x)   = x σ(1.702 x); within 0.0203 of GELU
//! derivative  f'(x)  = σ (1 + 1.702 x (1 − σ))
//! second      f''(x) = 1.702 σ(1 − σ) (2 + 1.702 x (1 − 2σ))
//! without cancellation: f(x) = max(x, 0) − |x| σ(−1.702 |x|), the product with its rounding error, which grows in the exponential
//! bounds      range [−0.16361, ∞) with the minimum at −0.7512, 1.0998-Lipschitz, curvature 0.851 at 0, not monotone
//! source      Hendrycks and Gimpel 2016, arXiv:1606.08415

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Silu, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

const SCALE: f64 = 1.702;

/// |x|, at most as far as σ goes.
#[inline(always)]
fn bounded<E: Real>(x: E) -> E {
    let (a, top) = (x.abs(), E::of(450.0));
    if a > top { top } else { a }
}

/// That, and σ(−1.702 |x|).
#[inline(always)]
fn left<E: Real>(x: E) -> (E, E) {
    let a = bounded(x);
    let (w, rest) = a.times(-SCALE);
    let tail = w.sigmoid();
    (a, tail * (E::ONE - tail).madd(rest, E::ONE))
}

/// f(x) = x / (1 + e^(−1.702 x)).
///
/// ```
/// use sparring_activations::{Activation, QuickGelu};
///
/// assert_eq!((QuickGelu.f(0.0f64), QuickGelu.df(0.0f64), QuickGelu.d2f(0.0f64)), (0.0, 0.5, 0.851));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct QuickGelu;

sparring_math::named! {
    QuickGelu: "quick_gelu", [], "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

impl Configured for QuickGelu {
    const DEFAULT: Self = QuickGelu;
}

turns! { QuickGelu: extrema [Silu::TURN / SCALE], bends [-Silu::STEEPEST / SCALE, Silu::STEEPEST / SCALE] }

impl<E: Real> Activation<E> for QuickGelu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x / (1 + exp(-1.702 * x))",
            source: Self::PAPER,
            range: (Some(Silu::LEAST / SCALE), None),
            lipschitz: Some(Silu::LARGEST),
            curvature: Some(0.5 * SCALE),
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
        let (a, tail) = left(x);
        (-a).madd(tail, if x < E::ZERO { E::ZERO } else { x })
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        // As SiLU's, at w = −1.702 |x|.
        let (w, rest) = bounded(x).times(-SCALE);
        let e = w.exp_nonpos_sum(rest);
        // (1 + e)² with one rounding where e is small.
        let square = e.madd(e + E::of(2.0), E::ONE);
        let left = e * ((E::ONE + w) + (e + rest)) / square;
        if x > E::ZERO { E::ONE - left } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        // Even in x: at −|x|.
        let (a, tail) = left(x);
        let two = E::of(2.0);
        E::of(SCALE) * tail * (E::ONE - tail) * (E::of(-SCALE) * a).madd(E::ONE - two * tail, two)
    }

    fused_slices!();
}
