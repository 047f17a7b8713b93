//! Randomised leaky ReLU: in training the slope on the left is drawn for each element, elsewhere it is the mean.
//!
//! value       f(x)   = x for x > 0, a x for x ≤ 0; a uniform in [`lower`, `upper`] in training, (lower + upper)/2 otherwise, and here
//! derivative  f'(x)  = 1 for x > 0, a for x ≤ 0
//! second      f''(x) = 0
//! parameters  `lower`, 1/8, and `upper`, 1/3, as in PyTorch
//! bounds      range ℝ, max(1, |a|)-Lipschitz, curvature 0 apart from the kink at 0, monotone for a ≥ 0
//! source      Xu, Wang, Chen, Li 2015, arXiv:1505.00853

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

impl Rrelu {
    /// The mean slope on the left.
    fn slope(&self) -> f64 {
        0.5 * self.lower + 0.5 * self.upper
    }
}

/// f(x) = x for x > 0, the mean of `lower` and `upper` times x elsewhere.
///
/// ```
/// use sparring_activations::{Activation, Rrelu};
///
/// let rrelu = Rrelu::default();
/// assert!((rrelu.f(-48.0f64) + 11.0).abs() < 1e-12);
/// assert_eq!(Activation::<f32>::drawn_slope(&rrelu), Some((0.125, 1.0 / 3.0)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rrelu {
    /// The smallest slope on the left in training, 1/8 by default.
    pub lower: f64,
    /// The largest slope on the left in training, 1/3 by default.
    pub upper: f64,
}

impl Default for Rrelu {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Rrelu {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Rrelu: "rrelu", [], "Xu, Wang, Chen, Li 2015, arXiv:1505.00853";
    lower: Range::FINITE.in_f32(), "smallest slope on the left in training";
    upper: Range::FINITE.in_f32(), "largest slope on the left in training";
    {
        fn check_together(&self) -> Result<(), ActivationError> {
            if self.lower <= self.upper {
                return Ok(());
            }
            Err(ActivationError::value(Self::NAME, "upper", self.upper, format!("at least lower, which is {}", self.lower)))
        }
    }
}

impl Configured for Rrelu {
    const DEFAULT: Self = Rrelu { lower: 0.125, upper: 1.0 / 3.0 };
}

turns! { Rrelu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Rrelu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x if x > 0, a * x otherwise, a uniform in [lower, upper] in training, else their mean",
            source: Self::PAPER,
            range: (if self.slope() > 0.0 { None } else { Some(0.0) }, None),
            lipschitz: Some(self.slope().abs().max(1.0)),
            curvature: Some(0.0),
            monotone: self.slope() >= 0.0,
            smoothness: if self.slope() == 1.0 { Smoothness::Smooth } else { Smoothness::C0 },
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
        let slope = E::of(self.slope());
        // At slope 0 the limit at −∞ is 0, but 0 · (−∞) would be NaN.
        let left = if slope == E::ZERO { x.larger(-E::MAX) } else { x };
        if x > E::ZERO { x } else { slope * left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let derivative = if x > E::ZERO { E::ONE } else { E::of(self.slope()) };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fn drawn_slope(&self) -> Option<(f64, f64)> {
        Some((self.lower, self.upper))
    }

    fused_slices!();
}
