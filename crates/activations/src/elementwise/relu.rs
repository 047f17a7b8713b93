//! ReLU (rectified linear unit): max(x, 0).
//!
//! value       f(x)   = max(x, 0)
//! derivative  f'(x)  = 1 for x > 0, 0 for x ≤ 0 (PyTorch's convention at the kink)
//! second      f''(x) = 0
//! source      Fukushima 1969; Nair and Hinton 2010, ICML
//! bounds      range [0, ∞), 1-Lipschitz, curvature 0 apart from the kink at 0, monotone

use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = max(x, 0).
///
/// ```
/// use sparring_activations::{Activation, Relu};
///
/// assert_eq!((Relu.f(-2.0f32), Relu.f(3.0f32)), (0.0, 3.0));
/// assert_eq!((Relu.df(0.0f32), Relu.df(3.0f32)), (0.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relu;

sparring_math::named! {
    Relu: "relu", [], "Fukushima 1969; Nair and Hinton 2010, ICML";
}

impl Configured for Relu {
    const DEFAULT: Self = Relu;
}

turns! { Relu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Relu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "max(x, 0)",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: Some(1.0),
            curvature: Some(0.0),
            monotone: true,
            smoothness: Smoothness::C0,
            gain_forward,
            gain_backward,
            elsewhere: "Keras: negative_slope, max_value, threshold",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        // A comparison, not a maximum: it lets NaN through.
        if x < E::ZERO { E::ZERO } else { x }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let derivative = if x > E::ZERO { E::ONE } else { E::ZERO };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    #[inline(always)]
    fn rectifies(&self) -> bool {
        true
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // The value is positive where x is.
        Some(self.df(y))
    }
}
