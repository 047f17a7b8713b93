//! Sparse plus: ReLU with a parabola in place of the kink.
//!
//! value       f(x)   = 0 for x ≤ −1, (x + 1)²/4 between, x for x ≥ 1
//! derivative  f'(x)  = the sparse sigmoid, min(max((x + 1)/2, 0), 1)
//! second      f''(x) = ½ for −1 < x < 1, else 0
//! bounds      range [0, ∞), 1-Lipschitz, curvature ½, monotone, convex
//! source      jax.nn.sparse_plus, after Martins and Astudillo 2016, arXiv:1602.02068

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = 0, (x + 1)²/4 or x.
///
/// ```
/// use sparring_activations::{Activation, SparsePlus};
///
/// assert_eq!((SparsePlus.f(-1.0f32), SparsePlus.f(0.0f32), SparsePlus.f(2.0f32)), (0.0, 0.25, 2.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SparsePlus;

sparring_math::named! {
    SparsePlus: "sparse_plus", [], "jax.nn.sparse_plus, after Martins and Astudillo 2016, arXiv:1602.02068";
}

impl Configured for SparsePlus {
    const DEFAULT: Self = SparsePlus;
}

turns! { SparsePlus: extrema [], bends [-1.0, 1.0] }

impl<E: Real> Activation<E> for SparsePlus {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "0 if x <= -1, (x + 1)^2 / 4 if x < 1, x otherwise",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: Some(1.0),
            curvature: Some(0.5),
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
        let root = E::of(0.5).madd(x, E::of(0.5));
        let middle = if x <= -E::ONE { E::ZERO } else { root * root };
        if x >= E::ONE { x } else { middle }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let y = E::of(0.5).madd(x, E::of(0.5));
        let y = if y < E::ZERO { E::ZERO } else { y };
        if y > E::ONE { E::ONE } else { y }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let inside = if x > -E::ONE { E::of(0.5) } else { E::ZERO };
        let second = if x < E::ONE { inside } else { E::ZERO };
        if x.is_nan() { x } else { second }
    }

    fused_slices!();
}
