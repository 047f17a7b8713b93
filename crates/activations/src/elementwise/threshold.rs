//! Threshold: x above a threshold, a fixed value elsewhere (thresholded ReLU).
//!
//! value       f(x)   = x for x > t, v for x ≤ t
//! derivative  f'(x)  = 1 for x > t, 0 for x ≤ t
//! second      f''(x) = 0
//! parameters  t = `threshold`, 1, and v = `value`, 0, as in the paper and Keras; PyTorch has no defaults
//! bounds      range {v} and (t, ∞), not Lipschitz where it jumps (v ≠ t), monotone for v ≤ t
//! source      Konda, Memisevic, Krueger 2014, arXiv:1402.3337

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x above `threshold`, `value` elsewhere.
///
/// ```
/// use sparring_activations::{Activation, Threshold};
///
/// let threshold = Threshold::default();
/// assert_eq!((threshold.f(1.0f32), threshold.f(1.5f32), threshold.df(1.5f32)), (0.0, 1.5, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Where the identity begins, 1 by default.
    pub threshold: f64,
    /// The value below, 0 by default.
    pub value: f64,
}

impl Default for Threshold {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Threshold {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Threshold: "threshold", ["thresholded_relu"], "Konda, Memisevic, Krueger 2014, arXiv:1402.3337";
    threshold: Range::FINITE.in_f32(), "where the identity begins";
    value: Range::FINITE.in_f32(), "the value below";
}

impl Configured for Threshold {
    const DEFAULT: Self = Threshold { threshold: 1.0, value: 0.0 };
}

turns! { Threshold: |a, _l, _u| extrema [], bends [a.threshold] }

impl<E: Real> Activation<E> for Threshold {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if x > threshold, value otherwise",
            source: Self::PAPER,
            range: (Some(self.value.min(self.threshold)), None),
            lipschitz: (self.value == self.threshold).then_some(1.0),
            curvature: Some(0.0),
            monotone: self.value <= self.threshold,
            smoothness: if self.value == self.threshold { Smoothness::C0 } else { Smoothness::Jumps },
            gain_forward,
            gain_backward,
            elsewhere: "PyTorch: no defaults",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        if x <= E::of(self.threshold) { E::of(self.value) } else { x }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let derivative = if x > E::of(self.threshold) { E::ONE } else { E::ZERO };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fused_slices!();
}
