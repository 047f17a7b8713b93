//! Hyperbolic tangent.
//!
//! value       f(x)   = tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), computed from e²ˣ − 1: no overflow, no cancellation at 0
//! derivative  f'(x)  = 1 − tanh² x = 4e / (1 + e)² with e = e^(−2|x|): no cancellation where tanh is near ±1
//! second      f''(x) = −2 tanh(x) f'(x)
//! source      LeCun, Bottou, Orr, Müller 1998, Efficient BackProp
//! bounds      range (−1, 1), 1-Lipschitz, curvature 4/(3√3) at ±0.6585, monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = tanh x.
///
/// ```
/// use sparring_activations::{Activation, Tanh};
///
/// assert_eq!((Tanh.f(0.0f32), Tanh.df(0.0f32)), (0.0, 1.0));
/// assert_eq!(Tanh.f(1000.0f32), 1.0); // where the textbook quotient is NaN
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tanh;

sparring_math::named! {
    Tanh: "tanh", [], "LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp";
}

impl Configured for Tanh {
    const DEFAULT: Self = Tanh;
}

turns! { Tanh: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Tanh {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "tanh(x)",
            source: Self::PAPER,
            range: (Some(-1.0), Some(1.0)),
            lipschitz: Some(1.0),
            curvature: Some(0.769_800_358_919_501),
            monotone: true,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "torch.nn.init.calculate_gain: 5/3",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        x.tanh()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let e = (E::of(-2.0) * x.abs()).exp_nonpos();
        E::of(4.0) * e / (E::ONE + e * (E::of(2.0) + e))
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let e = (E::of(-2.0) * x.abs()).exp_nonpos();
        E::of(-8.0) * x.tanh() * (e / (E::ONE + e * (E::of(2.0) + e)))
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        Some((E::ONE - y) * (E::ONE + y))
    }

    fused_slices!();
}
