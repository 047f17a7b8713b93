//! GELU (Gaussian error linear unit), the exact form: x·Φ(x).
//!
//! value       f(x)   = x Φ(x) = x/2 · (1 + erf(x/√2)), Φ computed as such: the left tail keeps its digits
//! derivative  f'(x)  = Φ(x) + x φ(x), φ the normal density
//! second      f''(x) = φ(x) (2 − x²)
//! source      Hendrycks and Gimpel 2016, arXiv:1606.08415
//! bounds      range [−0.16997, ∞) with the minimum at −0.7518, 1.1289-Lipschitz (at √2), curvature 2φ(0) = 0.7979, not monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x Φ(x), Φ the normal distribution function (not the tanh approximation).
///
/// ```
/// use sparring_activations::{Activation, Gelu};
///
/// assert_eq!((Gelu.f(0.0f64), Gelu.df(0.0f64)), (0.0, 0.5));
/// assert!((Gelu.f(1.0f64) - 0.841_344_746_068_543).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gelu;

sparring_math::named! {
    Gelu: "gelu", [], "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

impl Configured for Gelu {
    const DEFAULT: Self = Gelu;
}

turns! { Gelu: extrema [-0.751_791_524_693_564_5], bends [-std::f64::consts::SQRT_2, std::f64::consts::SQRT_2] }

impl<E: Real> Activation<E> for Gelu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x * Phi(x), Phi the standard normal CDF",
            source: Self::PAPER,
            range: (Some(-0.169_971_207_479_903_66), None),
            lipschitz: Some(1.128_904_145_185_155),
            curvature: Some(0.797_884_560_802_865_4),
            monotone: false,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "JAX: the tanh form by default",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        // max(x, 0) − |x| Φ(−|x|); beyond the reach of Φ it is 0, and 0 · ∞ would be NaN.
        let positive = if x < E::ZERO { E::ZERO } else { x };
        (-bounded(x)).madd(x.normal_tail(), positive)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        // Left of 0, and what is missing to 1 on the right.
        let left = x.normal_tail_less_moment();
        if x > E::ZERO { E::ONE - left } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let a = bounded(x);
        (E::of(2.0) - a * a) * x.normal_pdf()
    }

    fused_slices!();
}

/// |x|, at most as far as Φ goes.
#[inline(always)]
fn bounded<E: Real>(x: E) -> E {
    let (a, top) = (x.abs(), E::NORMAL_REACH);
    if a > top { top } else { a }
}
