//! LogSigmoid: the logarithm of the logistic function.
//!
//! value       f(x)   = ln σ(x) = −softplus(−x), with all digits on both sides
//! derivative  f'(x)  = σ(−x)
//! second      f''(x) = −σ(x) σ(−x)
//! bounds      range (−∞, 0), 1-Lipschitz, curvature ¼ at 0, monotone, concave
//! source      the log-likelihood of logistic regression, Cox 1958

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = ln(1 / (1 + e⁻ˣ)).
///
/// ```
/// use sparring_activations::{Activation, LogSigmoid};
///
/// assert!((LogSigmoid.f(0.0f64) + 2f64.ln()).abs() < 1e-15);
/// assert_eq!((LogSigmoid.f(-1000.0f32), LogSigmoid.f(1000.0f32)), (-1000.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSigmoid;

sparring_math::named! {
    LogSigmoid: "log_sigmoid", [], "the log-likelihood of logistic regression, Cox 1958";
}

impl Configured for LogSigmoid {
    const DEFAULT: Self = LogSigmoid;
}

turns! { LogSigmoid: extrema [], bends [] }

impl<E: Real> Activation<E> for LogSigmoid {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "-ln(1 + exp(-x))",
            source: Self::PAPER,
            range: (None, Some(0.0)),
            lipschitz: Some(1.0),
            curvature: Some(0.25),
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
        -(-x).softplus()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        (-x).sigmoid()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let e = (-x.abs()).exp_nonpos();
        -(e / (E::ONE + e * (E::of(2.0) + e)))
    }

    fused_slices!();
}
