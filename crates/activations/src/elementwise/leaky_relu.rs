//! Leaky ReLU: x, or a·x on the left.
//!
//! value       f(x)   = x for x > 0, a x for x ≤ 0
//! derivative  f'(x)  = 1 for x > 0, a for x ≤ 0 (PyTorch's convention at the kink; JAX takes 1 there)
//! second      f''(x) = 0
//! parameter   a = `slope`, 0.01 as in PyTorch and JAX (Keras 0.2 or 0.3, GANs usually 0.2)
//! source      Maas, Hannun, Ng 2013, ICML workshop
//! bounds      range ℝ (a > 0) or [0, ∞), max(1, |a|)-Lipschitz, curvature 0 apart from the kink at 0, monotone for a ≥ 0

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x for x > 0, `slope`·x elsewhere.
///
/// ```
/// use sparring_activations::{Activation, LeakyRelu};
///
/// let leaky = LeakyRelu { slope: 0.2 };
/// assert_eq!((leaky.f(-5.0f64), leaky.f(5.0f64)), (-1.0, 5.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// The slope on the left, 0.01 by default.
    pub slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl LeakyRelu {
    /// Whether the parameter makes sense.
    ///
    /// # Errors
    /// Unless `slope` is a finite number.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    LeakyRelu: "leaky_relu", ["lrelu"], "Maas, Hannun, Ng 2013, ICML workshop";
    slope: Range::FINITE.in_f32(), "slope on the left";
}

impl Configured for LeakyRelu {
    const DEFAULT: Self = LeakyRelu { slope: 0.01 };
}

turns! { LeakyRelu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for LeakyRelu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if x > 0, slope * x otherwise",
            source: Self::PAPER,
            range: (if self.slope > 0.0 { None } else { Some(0.0) }, None),
            lipschitz: Some(self.slope.abs().max(1.0)),
            curvature: Some(0.0),
            monotone: self.slope >= 0.0,
            smoothness: if self.slope == 1.0 { Smoothness::Smooth } else { Smoothness::C0 },
            gain_forward,
            gain_backward,
            elsewhere: "Keras: slope 0.3 as a layer, 0.2 as a function; GANs use 0.2",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let slope = E::of(self.slope);
        // At slope 0 the limit at −∞ is 0, but 0 · (−∞) would be NaN.
        let left = if slope == E::ZERO { x.larger(-E::MAX) } else { x };
        if x > E::ZERO { x } else { slope * left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let left: E = E::of(self.slope);
        let derivative = if x > E::ZERO { E::ONE } else { left };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // The value has the sign of x, unless the slope hides it.
        (self.slope > 0.0).then(|| self.df(y))
    }

    fused_slices!();
}
