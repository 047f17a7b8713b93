//! ELU (exponential linear unit).
//!
//! value       f(x)   = x for x > 0, α (eˣ − 1) for x ≤ 0, through eˣ − 1 without cancellation
//! derivative  f'(x)  = 1 for x > 0, α eˣ for x ≤ 0
//! second      f''(x) = 0 for x ≥ 0, α eˣ for x < 0 (PyTorch's convention at 0)
//! parameter   α = `alpha`, 1
//! source      Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289
//! bounds      range (−α, ∞), max(1, α)-Lipschitz, curvature α (left of 0), monotone; f' is continuous for α = 1 only

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x for x > 0, `alpha`·(eˣ − 1) elsewhere.
///
/// ```
/// use sparring_activations::{Activation, Elu};
///
/// let elu = Elu::default();
/// assert_eq!((elu.f(2.0f32), elu.f(f32::NEG_INFINITY)), (2.0, -1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// Minus the limit on the left, 1 by default.
    pub alpha: f64,
}

impl Default for Elu {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Elu {
    /// Whether the parameter makes sense.
    ///
    /// # Errors
    /// Unless `alpha` is a finite number, 0 or more.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Elu: "elu", [], "Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289";
    alpha: Range::at_least(0.0).in_f32(), "minus the limit on the left";
}

impl Configured for Elu {
    const DEFAULT: Self = Elu { alpha: 1.0 };
}

turns! { Elu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Elu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if x > 0, alpha * (exp(x) - 1) otherwise",
            source: Self::PAPER,
            range: (Some(-self.alpha), None),
            lipschitz: Some(self.alpha.max(1.0)),
            curvature: Some(self.alpha),
            monotone: true,
            smoothness: if self.alpha == 1.0 { Smoothness::C1 } else { Smoothness::C0 },
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
        // The branch not taken may be infinite: it is selected away, never multiplied.
        let left = E::of(self.alpha) * below_zero(x).exp_m1();
        if x > E::ZERO { x } else { left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        // A factor of a power that is 1 above 0: a choice between 1 and the power would become a branch around it on AVX2.
        let slope = if x > E::ZERO { E::ONE } else { E::of(self.alpha) };
        slope * below_zero(x).exp_nonpos()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let left = E::of(self.alpha) * below_zero(x).exp_nonpos();
        if x >= E::ZERO { E::ZERO } else { left }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // α eˣ = f(x) + α.
        Some(if y > E::ZERO { E::ONE } else { y + E::of(self.alpha) })
    }

    fused_slices!();
}

/// min(x, 0), by a comparison that lets NaN through.
#[inline(always)]
pub(super) fn below_zero<E: Real>(x: E) -> E {
    if x > E::ZERO { E::ZERO } else { x }
}
