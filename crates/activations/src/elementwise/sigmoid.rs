//! Sigmoid (logistic function): σ(x).
//!
//! value       f(x)   = 1 / (1 + e⁻ˣ), from e^(−|x|): no overflow, all digits in the left tail
//! derivative  f'(x)  = σ(x) σ(−x) = e / (1 + e)² with e = e^(−|x|): no cancellation where σ is near 1
//! second      f''(x) = f'(x) (1 − 2σ(x)) = −sign(x) f'(x) (1 − e) / (1 + e)
//! source      Verhulst 1845; as an activation: Rumelhart, Hinton, Williams 1986, Nature 323
//! bounds      range (0, 1), ¼-Lipschitz, curvature 1/(6√3) at ±1.317, monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = 1 / (1 + e⁻ˣ).
///
/// ```
/// use sparring_activations::{Activation, Sigmoid};
///
/// assert_eq!((Sigmoid.f(0.0f32), Sigmoid.df(0.0f32)), (0.5, 0.25));
/// assert!(Sigmoid.f(-100.0f32) > 0.0); // small, not lost
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sigmoid;

sparring_math::named! {
    Sigmoid: "sigmoid", ["logistic"], "Verhulst 1845; Rumelhart, Hinton, Williams 1986, Nature 323";
}

impl Configured for Sigmoid {
    const DEFAULT: Self = Sigmoid;
}

turns! { Sigmoid: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Sigmoid {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "1 / (1 + exp(-x))",
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(0.25),
            curvature: Some(0.096_225_044_864_937_63),
            monotone: true,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "torch.nn.init.calculate_gain: 1",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        x.sigmoid()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let e = (-x.abs()).exp_nonpos();
        e / (E::ONE + e * (E::of(2.0) + e))
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let e = (-x.abs()).exp_nonpos();
        let q = E::ONE + e;
        // (1 − e) / (1 + e) = tanh(|x|/2), its numerator without cancellation.
        let half_tanh = -(-x.abs()).exp_m1() / q;
        (e / (E::ONE + e * (E::of(2.0) + e))) * (if x > E::ZERO { -half_tanh } else { half_tanh })
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        Some(y * (E::ONE - y))
    }

    fused_slices!();
}
