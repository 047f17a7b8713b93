//! Hard sigmoid: a straight line clipped to [0, 1].
//!
//! value       f(x)   = min(max(a x + ½, 0), 1)
//! derivative  f'(x)  = a inside, 0 outside and at the clip points ±½/a (PyTorch's convention)
//! second      f''(x) = 0
//! parameter   a = `slope`, 1/6 as in PyTorch, Keras and JAX; ONNX and burn take 0.2
//! bounds      range [0, 1], a-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      Courbariaux, Bengio, David 2015, arXiv:1511.00363

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = `slope`·x + ½, clipped to [0, 1].
///
/// ```
/// use sparring_activations::{Activation, HardSigmoid};
///
/// let hard = HardSigmoid::default();
/// assert_eq!((hard.f(-3.0f64), hard.f(0.0f64), hard.f(9.0f64)), (0.0, 0.5, 1.0));
/// assert_eq!((hard.df(3.0f32), HardSigmoid { slope: 0.2 }.df(1.0f32)), (0.0, 0.2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardSigmoid {
    /// Slope of the straight part, 1/6 by default.
    pub slope: f64,
}

impl Default for HardSigmoid {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl HardSigmoid {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    HardSigmoid: "hard_sigmoid", [], "Courbariaux, Bengio, David 2015, arXiv:1511.00363";
    slope: Range::from_to(1e-30, 1e30).in_f32(), "slope of the straight part";
}

impl Configured for HardSigmoid {
    const DEFAULT: Self = HardSigmoid { slope: 1.0 / 6.0 };
}

turns! { HardSigmoid: |a, _l, _u| extrema [], bends [-0.5 / a.slope, 0.5 / a.slope] }

impl<E: Real> Activation<E> for HardSigmoid {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "min(max(slope * x + 1/2, 0), 1)",
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(self.slope),
            curvature: Some(0.0),
            monotone: true,
            smoothness: Smoothness::C0,
            gain_forward,
            gain_backward,
            elsewhere: "ONNX, burn: slope 0.2",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let y = E::of(self.slope).madd(x, E::of(0.5));
        let y = if y < E::ZERO { E::ZERO } else { y };
        if y > E::ONE { E::ONE } else { y }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let y = E::of(self.slope).madd(x, E::of(0.5));
        let inside = if y > E::ZERO { E::of(self.slope) } else { E::ZERO };
        let derivative = if y < E::ONE { inside } else { E::ZERO };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fused_slices!();
}
