//! Hard tanh: the identity, clipped.
//!
//! value       f(x)   = min(max(x, a), b)
//! derivative  f'(x)  = 1 inside, 0 outside and at a and b (PyTorch's convention)
//! second      f''(x) = 0
//! parameters  a = `min`, −1, and b = `max`, 1
//! bounds      range [a, b], 1-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      Collobert 2004, thesis, Paris VI

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x, clipped to [`min`, `max`].
///
/// ```
/// use sparring_activations::{Activation, HardTanh};
///
/// let hard = HardTanh::default();
/// assert_eq!((hard.f(-3.0f32), hard.f(0.25f32), hard.f(2.0f32)), (-1.0, 0.25, 1.0));
/// assert_eq!((hard.df(1.0f32), hard.df(0.5f32)), (0.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardTanh {
    /// The lower clip point, −1 by default.
    pub min: f64,
    /// The upper clip point, 1 by default.
    pub max: f64,
}

impl Default for HardTanh {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl HardTanh {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    HardTanh: "hard_tanh", [], "Collobert 2004, thesis, Paris VI";
    min: Range::FINITE.in_f32(), "lower clip point";
    max: Range::FINITE.in_f32(), "upper clip point";
    {
        fn check_together(&self) -> Result<(), ActivationError> {
            if (self.min as f32) < self.max as f32 {
                return Ok(());
            }
            Err(ActivationError::value(Self::NAME, "max", self.max, format!("above min, which is {}", self.min)))
        }
    }
}

impl Configured for HardTanh {
    const DEFAULT: Self = HardTanh { min: -1.0, max: 1.0 };
}

turns! { HardTanh: |a, _l, _u| extrema [], bends [a.min, a.max] }

impl<E: Real> Activation<E> for HardTanh {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "min(max(x, min), max)",
            source: Self::PAPER,
            range: (Some(self.min), Some(self.max)),
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
        let (low, high) = (E::of(self.min), E::of(self.max));
        let y = if x < low { low } else { x };
        if y > high { high } else { y }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let inside = if x > E::of(self.min) { E::ONE } else { E::ZERO };
        let derivative = if x < E::of(self.max) { inside } else { E::ZERO };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        Some(Activation::<E>::df(self, y))
    }

    fused_slices!();
}
