//! CELU (continuously differentiable exponential linear unit): an ELU whose slope does not jump, whatever α is.
//!
//! value       f(x)   = x for x > 0, α (e^(x/α) − 1) for x ≤ 0, through eˣ − 1 without cancellation
//! derivative  f'(x)  = 1 for x > 0, e^(x/α) for x ≤ 0
//! second      f''(x) = 0 for x ≥ 0, e^(x/α) / α for x < 0 (PyTorch's convention at 0)
//! parameter   α = `alpha`, 1, at which it is ELU
//! source      Barron 2017, arXiv:1704.07483
//! bounds      range (−α, ∞), 1-Lipschitz, curvature 1/α (left of 0), monotone

use super::elu::below_zero;
use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x for x > 0, `alpha`·(e^(x/`alpha`) − 1) elsewhere.
///
/// ```
/// use sparring_activations::{Activation, Celu};
///
/// let celu = Celu { alpha: 2.0 };
/// assert_eq!((celu.f(2.0f32), celu.df(0.0f32), celu.f(f32::NEG_INFINITY)), (2.0, 1.0, -2.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Celu {
    /// Minus the limit on the left, 1 by default.
    pub alpha: f64,
}

impl Default for Celu {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Celu {
    /// Whether the parameter makes sense.
    ///
    /// # Errors
    /// Unless `alpha` and its inverse are finite numbers above 0, in `f32` too.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Celu: "celu", [], "Barron 2017, arXiv:1704.07483";
    alpha: Range::from_to(1.2e-38, 8.5e37).in_f32(), "minus the limit on the left";
}

impl Configured for Celu {
    const DEFAULT: Self = Celu { alpha: 1.0 };
}

turns! { Celu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Celu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if x > 0, alpha * (exp(x / alpha) - 1) otherwise",
            source: Self::PAPER,
            range: (Some(-self.alpha), None),
            lipschitz: Some(1.0),
            curvature: Some(1.0 / self.alpha),
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
        let (alpha, sharpness) = (E::of(self.alpha), E::of(1.0 / self.alpha));
        let left = alpha * (below_zero(x) * sharpness).exp_m1();
        if x > E::ZERO { x } else { left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        // 1 above 0.
        (below_zero(x) * E::of(1.0 / self.alpha)).exp_nonpos()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let sharpness = E::of(1.0 / self.alpha);
        let left = sharpness * (below_zero(x) * sharpness).exp_nonpos();
        if x >= E::ZERO { E::ZERO } else { left }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // e^(x/α) = f(x)/α + 1.
        Some(if y > E::ZERO { E::ONE } else { y * E::of(1.0 / self.alpha) + E::ONE })
    }

    fused_slices!();
}
