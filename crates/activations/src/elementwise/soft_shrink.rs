//! Soft shrink (soft thresholding): towards 0 by λ.
//!
//! value       f(x)   = x − λ for x > λ, x + λ for x < −λ, else 0
//! derivative  f'(x)  = 1 for |x| > λ, else 0
//! second      f''(x) = 0
//! parameter   λ = `lambda`, ½
//! bounds      range ℝ, 1-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      Donoho 1995, IEEE Trans. Inf. Theory 41

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = sign(x)·max(|x| − `lambda`, 0).
///
/// ```
/// use sparring_activations::{Activation, SoftShrink};
///
/// let shrink = SoftShrink::default();
/// assert_eq!((shrink.f(-2.0f32), shrink.f(0.5f32), shrink.f(0.75f32)), (-1.5, 0.0, 0.25));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftShrink {
    /// What is taken off, ½ by default.
    pub lambda: f64,
}

impl Default for SoftShrink {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl SoftShrink {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    SoftShrink: "soft_shrink", [], "Donoho 1995, IEEE Trans. Inf. Theory 41";
    lambda: Range::at_least(0.0).in_f32(), "what is taken off";
}

impl Configured for SoftShrink {
    const DEFAULT: Self = SoftShrink { lambda: 0.5 };
}

turns! { SoftShrink: |a, _l, _u| extrema [], bends [-a.lambda, a.lambda] }

impl<E: Real> Activation<E> for SoftShrink {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "sign(x) * max(|x| - lambda, 0)",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(1.0),
            curvature: Some(0.0),
            monotone: true,
            smoothness: Smoothness::C0,
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
        let lambda = E::of(self.lambda);
        let left = if x < -lambda { x + lambda } else { E::ZERO };
        let y = if x > lambda { x - lambda } else { left };
        if x.is_nan() { x } else { y }
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
