//! Identity: x.
//!
//! value       f(x)   = x
//! derivative  f'(x)  = 1
//! second      f''(x) = 0
//! source      a layer without activation, as `torch.nn.Identity`
//! bounds      range ℝ, 1-Lipschitz, curvature 0, monotone

use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x.
///
/// ```
/// use sparring_activations::{Activation, Identity};
///
/// assert_eq!((Identity.f(-2.5f32), Identity.df(-2.5f32)), (-2.5, 1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity;

sparring_math::named! {
    Identity: "identity", ["linear"], "no activation";
}

impl Configured for Identity {
    const DEFAULT: Self = Identity;
}

turns! { Identity: extrema [], bends [] }

impl<E: Real> Activation<E> for Identity {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(1.0),
            curvature: Some(0.0),
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
        x
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ONE }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        Some(if y.is_nan() { y } else { E::ONE })
    }
}
