//! SELU (scaled exponential linear unit): an ELU whose two constants make mean 0 and variance 1 a fixed point of a layer.
//!
//! value       f(x)   = λ x for x > 0, λα (eˣ − 1) for x ≤ 0, through eˣ − 1 without cancellation
//! derivative  f'(x)  = λ for x > 0, λα eˣ for x ≤ 0
//! second      f''(x) = 0 for x ≥ 0, λα eˣ for x < 0 (PyTorch's convention at 0)
//! constants   λ = 1.0507009873554805, α = 1.6732632423543772: E f(z) = 0 and E f(z)² = 1 for z ~ N(0, 1), so that its gain is 1
//!             and its initialisation LeCun's, of deviation 1/√fan_in
//! source      Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515
//! bounds      range (−λα, ∞), λα-Lipschitz (left of 0), curvature λα (left of 0), monotone; f' jumps at 0

use super::elu::below_zero;
use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// λ, the slope on the right.
const LAMBDA: f64 = 1.050_700_987_355_480_5;
/// λα, minus the limit on the left.
const DEPTH: f64 = 1.758_099_340_847_376_6;

/// f(x) = λ x for x > 0, λα (eˣ − 1) elsewhere.
///
/// ```
/// use sparring_activations::{Activation, Selu, gain};
///
/// assert_eq!((Selu.f(1.0f32), Selu.f(f32::NEG_INFINITY)), (1.050701, -1.7580993));
/// assert!((gain(&Selu) - 1.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selu;

sparring_math::named! {
    Selu: "selu", [], "Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515";
}

impl Configured for Selu {
    const DEFAULT: Self = Selu;
}

turns! { Selu: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for Selu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "1.0507 * x if x > 0, 1.7581 * (exp(x) - 1) otherwise",
            source: Self::PAPER,
            range: (Some(-DEPTH), None),
            lipschitz: Some(DEPTH),
            curvature: Some(DEPTH),
            monotone: true,
            smoothness: Smoothness::C0,
            gain_forward,
            gain_backward,
            elsewhere: "torch.nn.init.calculate_gain: 0.75; the paper and this crate: 1",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let left = E::of(DEPTH) * below_zero(x).exp_m1();
        if x > E::ZERO { E::of(LAMBDA) * x } else { left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let left = E::of(DEPTH) * below_zero(x).exp_nonpos();
        if x > E::ZERO { E::of(LAMBDA) } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let left = E::of(DEPTH) * below_zero(x).exp_nonpos();
        if x >= E::ZERO { E::ZERO } else { left }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // λα eˣ = f(x) + λα.
        Some(if y > E::ZERO { E::of(LAMBDA) } else { y + E::of(DEPTH) })
    }

    fused_slices!();
}
