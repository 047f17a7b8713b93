//! Exponential: eˣ.
//!
//! value       f(x)   = eˣ, infinite from 88.73 in f32
//! derivative  f'(x)  = eˣ
//! second      f''(x) = eˣ
//! bounds      range (0, ∞), not Lipschitz, curvature without bound, monotone, convex
//! source      keras.activations.exponential

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = eˣ.
///
/// ```
/// use sparring_activations::{Activation, Exponential};
///
/// assert_eq!((Exponential.f(0.0f32), Exponential.df(f32::NEG_INFINITY)), (1.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exponential;

sparring_math::named! {
    Exponential: "exponential", ["exp"], "keras.activations.exponential";
}

impl Configured for Exponential {
    const DEFAULT: Self = Exponential;
}

turns! { Exponential: extrema [], bends [] }

impl<E: Real> Activation<E> for Exponential {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "exp(x)",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: None,
            curvature: None,
            monotone: true,
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
        x.exp()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        x.exp()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        x.exp()
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        Some(y)
    }

    fused_slices!();
}
