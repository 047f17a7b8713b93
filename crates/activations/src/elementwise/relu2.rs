//! Squared ReLU: max(x, 0)².
//!
//! value       f(x)   = max(x, 0)²
//! derivative  f'(x)  = 2 max(x, 0)
//! second      f''(x) = 2 for x > 0, 0 for x ≤ 0
//! bounds      range [0, ∞), not Lipschitz, curvature 2, monotone, convex
//! source      So et al. 2021, arXiv:2109.08668

use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = max(x, 0)².
///
/// ```
/// use sparring_activations::{Activation, Relu2};
///
/// assert_eq!((Relu2.f(-1.0f32), Relu2.f(3.0f32), Relu2.df(3.0f32)), (0.0, 9.0, 6.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relu2;

sparring_math::named! {
    Relu2: "relu2", ["squared_relu", "relu_squared"], "So et al. 2021, arXiv:2109.08668";
}

impl Configured for Relu2 {
    const DEFAULT: Self = Relu2;
}

turns! { Relu2: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Relu2 {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "max(x, 0)^2",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: None,
            curvature: Some(2.0),
            monotone: true,
            smoothness: Smoothness::C1,
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
        let positive = if x < E::ZERO { E::ZERO } else { x };
        positive * positive
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let positive = if x < E::ZERO { E::ZERO } else { x };
        positive + positive
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let second = if x > E::ZERO { E::of(2.0) } else { E::ZERO };
        if x.is_nan() { x } else { second }
    }
}
