//! Sparse sigmoid: a straight line clipped to [0, 1], the derivative of sparse plus.
//!
//! value       f(x)   = min(max((x + 1)/2, 0), 1)
//! derivative  f'(x)  = ½ for −1 < x < 1, else 0
//! second      f''(x) = 0
//! bounds      range [0, 1], ½-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      jax.nn.sparse_sigmoid, after Martins and Astudillo 2016, arXiv:1602.02068

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = (x + 1)/2, clipped to [0, 1].
///
/// ```
/// use sparring_activations::{Activation, SparseSigmoid};
///
/// assert_eq!((SparseSigmoid.f(-1.0f32), SparseSigmoid.f(0.0f32), SparseSigmoid.f(2.0f32)), (0.0, 0.5, 1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SparseSigmoid;

sparring_math::named! {
    SparseSigmoid: "sparse_sigmoid", [], "jax.nn.sparse_sigmoid, after Martins and Astudillo 2016, arXiv:1602.02068";
}

impl Configured for SparseSigmoid {
    const DEFAULT: Self = SparseSigmoid;
}

turns! { SparseSigmoid: extrema [], bends [-1.0, 1.0] }

impl<E: Real> Activation<E> for SparseSigmoid {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "min(max((x + 1) / 2, 0), 1)",
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(0.5),
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
        let y = E::of(0.5).madd(x, E::of(0.5));
        let y = if y < E::ZERO { E::ZERO } else { y };
        if y > E::ONE { E::ONE } else { y }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let inside = if x > -E::ONE { E::of(0.5) } else { E::ZERO };
        let derivative = if x < E::ONE { inside } else { E::ZERO };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fused_slices!();
}
