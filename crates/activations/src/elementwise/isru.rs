//! ISRU (inverse square root unit): x / √(1 + αx²), a sigmoid without exponentials.
//!
//! value       f(x)   = x / s, s = √(1 + αx²)
//! derivative  f'(x)  = 1 / s³
//! second      f''(x) = −3αx / s⁵
//! parameter   α = `alpha`, 1: the limits are ±1/√α
//! without overflow: beyond |x| = 1e10/√α, where f has reached its limits in every type, it is f there
//! bounds      range (−1/√α, 1/√α), 1-Lipschitz, curvature 3/2 · (4/5)^(5/2) √α at ±1/(2√α), monotone
//! source      Carlile, Delamarter, Kinney, Marti, Whitney 2017, arXiv:1710.09967

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, NOWHERE_ELSE, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x / √(1 + `alpha`·x²).
///
/// ```
/// use sparring_activations::{Activation, Isru};
///
/// let isru = Isru::default();
/// assert_eq!((isru.f(0.75f64), isru.f(f64::NEG_INFINITY), isru.df(0.0f64)), (0.6, -1.0, 1.0));
/// assert!((isru.df(0.75f64) - 0.512).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Isru {
    /// How early it bends: the limits are ±1/√alpha; 1 by default.
    pub alpha: f64,
}

impl Default for Isru {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Isru {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Isru: "isru", [], "Carlile et al. 2017, arXiv:1710.09967";
    alpha: Range::from_to(1e-12, 1e12), "how early it bends: the limits are 1 over its square root";
}

impl Configured for Isru {
    const DEFAULT: Self = Isru { alpha: 1.0 };
}

turns! { Isru: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Isru {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        let root = self.alpha.sqrt();
        About {
            name: Self::NAME,
            formula: "x / sqrt(1 + alpha * x^2)",
            source: Self::PAPER,
            range: (Some(-1.0 / root), Some(1.0 / root)),
            lipschitz: Some(1.0),
            curvature: Some(1.5 * 0.8f64.powf(2.5) * root),
            monotone: true,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: NOWHERE_ELSE,
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        // ∞/∞ would be NaN.
        let end = E::of(1e10 / self.alpha.sqrt());
        let near = x.larger(-end).smaller(end);
        near / self.square(near).sqrt()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let square = self.square(x);
        E::ONE / square.sqrt() / square
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let square = self.square(x);
        E::of(-3.0 * self.alpha) * self.f(x) / square / square
    }

    fused_slices!();
}

impl Isru {
    /// s² = 1 + αx².
    #[inline(always)]
    fn square<E: Real>(&self, x: E) -> E {
        (E::of(self.alpha) * x).madd(x, E::ONE)
    }
}
