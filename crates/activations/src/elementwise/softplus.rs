//! Softplus: a smooth ReLU.
//!
//! value       f(x)   = ln(1 + e^(βx)) / β = (max(βx, 0) + ln(1 + e^(−|βx|))) / β
//! derivative  f'(x)  = σ(βx)
//! second      f''(x) = β σ(βx) σ(−βx)
//! parameter   β = `beta`, 1. There is no threshold: PyTorch returns x itself above βx = 20 because its formula would
//!             overflow; this one cannot, and differs there by at most e⁻²⁰/β = 2.1e-9/β (nothing in f32)
//! source      Dugas et al. 2001, NIPS 13
//! bounds      range (0, ∞), 1-Lipschitz, curvature β/4 at 0, monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = ln(1 + e^(`beta`·x)) / `beta`.
///
/// ```
/// use sparring_activations::{Activation, Softplus};
///
/// let softplus = Softplus::default();
/// assert!((softplus.f(0.0f64) - 2f64.ln()).abs() < 1e-15);
/// assert_eq!((softplus.f(1000.0f32), softplus.f(-1000.0f32)), (1000.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus {
    /// Sharpness, 1 by default; f tends to ReLU as it grows.
    pub beta: f64,
}

impl Default for Softplus {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Softplus {
    /// Whether the parameter makes sense.
    ///
    /// # Errors
    /// Unless `beta` and its inverse are finite numbers above 0, in `f32` too.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Softplus: "softplus", [], "Dugas et al. 2001, NIPS 13";
    beta: Range::from_to(1.2e-38, 8.5e37).in_f32(), "sharpness; f tends to ReLU as it grows";
}

impl Configured for Softplus {
    const DEFAULT: Self = Softplus { beta: 1.0 };
}

turns! { Softplus: extrema [], bends [] }

impl<E: Real> Activation<E> for Softplus {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "ln(1 + exp(beta * x)) / beta",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: Some(1.0),
            curvature: Some(0.25 * self.beta),
            monotone: true,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "PyTorch: linear above beta * x = 20",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let beta = E::of(self.beta);
        (beta * x).softplus() * (E::ONE / beta)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        (E::of(self.beta) * x).sigmoid()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let beta = E::of(self.beta);
        let e = (-(beta * x).abs()).exp_nonpos();
        beta * (e / (E::ONE + e * (E::of(2.0) + e)))
    }

    fused_slices!();
}
