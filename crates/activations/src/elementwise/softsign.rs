//! Softsign: x / (1 + |x|).
//!
//! value       f(x)   = x / (1 + |x|)
//! derivative  f'(x)  = 1 / (1 + |x|)²
//! second      f''(x) = −2 sign(x) / (1 + |x|)³, 0 at 0, where it jumps
//! bounds      range (−1, 1), 1-Lipschitz, curvature 2 beside 0, monotone
//! source      Bergstra, Desjardins, Lamblin, Bengio 2009, TR 1337, Montreal

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x / (1 + |x|).
///
/// ```
/// use sparring_activations::{Activation, Softsign};
///
/// assert_eq!((Softsign.f(1.0f32), Softsign.f(-3.0f32), Softsign.df(1.0f32)), (0.5, -0.75, 0.25));
/// assert_eq!(Softsign.f(f32::INFINITY), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Softsign;

sparring_math::named! {
    Softsign: "softsign", [], "Bergstra, Desjardins, Lamblin, Bengio 2009, TR 1337, Montreal";
}

impl Configured for Softsign {
    const DEFAULT: Self = Softsign;
}

turns! { Softsign: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Softsign {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x / (1 + |x|)",
            source: Self::PAPER,
            range: (Some(-1.0), Some(1.0)),
            lipschitz: Some(1.0),
            curvature: Some(2.0),
            monotone: true,
            smoothness: Smoothness::C1,
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
        // ∞/∞ would be NaN.
        let near = x.larger(-E::MAX).smaller(E::MAX);
        near / (E::ONE + near.abs())
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let q = E::ONE / (E::ONE + x.abs());
        q * q
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let q = E::ONE / (E::ONE + x.abs());
        E::of(-2.0) * x.sign() * (q * q * q)
    }

    fused_slices!();
}
