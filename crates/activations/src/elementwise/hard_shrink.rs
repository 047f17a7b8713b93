//! Hard shrink (hard thresholding): x outside ±λ.
//!
//! value       f(x)   = x for |x| > λ, else 0
//! derivative  f'(x)  = 1 for |x| > λ, else 0
//! second      f''(x) = 0
//! parameter   λ = `lambda`, ½
//! bounds      range ℝ, not Lipschitz: it jumps by λ at ±λ, monotone
//! source      Donoho and Johnstone 1994, Biometrika 81

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x for |x| > `lambda`, else 0.
///
/// ```
/// use sparring_activations::{Activation, HardShrink};
///
/// let shrink = HardShrink::default();
/// assert_eq!((shrink.f(-2.0f32), shrink.f(0.5f32), shrink.f(0.75f32)), (-2.0, 0.0, 0.75));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardShrink {
    /// Half the width of the gap, ½ by default.
    pub lambda: f64,
}

impl Default for HardShrink {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl HardShrink {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    HardShrink: "hard_shrink", [], "Donoho and Johnstone 1994, Biometrika 81";
    lambda: Range::at_least(0.0).in_f32(), "half the width of the gap";
}

impl Configured for HardShrink {
    const DEFAULT: Self = HardShrink { lambda: 0.5 };
}

turns! { HardShrink: |a, _l, _u| extrema [], bends [-a.lambda, a.lambda] }

impl<E: Real> Activation<E> for HardShrink {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if |x| > lambda, 0 otherwise",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: (self.lambda == 0.0).then_some(1.0),
            curvature: Some(0.0),
            monotone: true,
            smoothness: if self.lambda == 0.0 { Smoothness::C0 } else { Smoothness::Jumps },
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
        if x.abs() <= E::of(self.lambda) { E::ZERO } else { x }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let derivative = if x.abs() <= E::of(self.lambda) { E::ZERO } else { E::ONE };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fused_slices!();
}
