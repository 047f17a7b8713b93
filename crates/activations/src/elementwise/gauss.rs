//! Gauss: the bell e^(−x²).
//!
//! value       f(x)   = e^(−x²), the square with all its digits
//! derivative  f'(x)  = −2x e^(−x²)
//! second      f''(x) = (4x² − 2) e^(−x²)
//! bounds      range (0, 1], √(2/e)-Lipschitz (at ±1/√2), curvature 2 at 0, not monotone
//! source      Broomhead and Lowe 1988, Complex Systems 2

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// x no further from 0 than where f is 0: ∞ · 0 would be NaN.
#[inline(always)]
fn bounded<E: Real>(x: E) -> E {
    let reach = E::of(30.0);
    let x = if x > reach { reach } else { x };
    if x < -reach { -reach } else { x }
}

/// f(x) = e^(−x²).
///
/// ```
/// use sparring_activations::{Activation, Gauss};
///
/// assert_eq!((Gauss.f(0.0f32), Gauss.df(0.0f32), Gauss.d2f(0.0f32)), (1.0, 0.0, -2.0));
/// assert_eq!(Gauss.df(f32::INFINITY), 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gauss;

sparring_math::named! {
    Gauss: "gauss", ["gaussian"], "Broomhead and Lowe 1988, Complex Systems 2";
}

impl Configured for Gauss {
    const DEFAULT: Self = Gauss;
}

turns! { Gauss: extrema [0.0], bends [-std::f64::consts::FRAC_1_SQRT_2, std::f64::consts::FRAC_1_SQRT_2] }

impl<E: Real> Activation<E> for Gauss {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "exp(-x^2)",
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(0.857_763_884_960_706_8),
            curvature: Some(2.0),
            monotone: false,
            smoothness: Smoothness::Smooth,
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
        x.gauss()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let near = bounded(x);
        E::of(-2.0) * near * near.gauss()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let near = bounded(x);
        (E::of(4.0) * near).madd(near, E::of(-2.0)) * near.gauss()
    }

    fused_slices!();
}
