//! Hard swish: x times the hard sigmoid.
//!
//! value       f(x)   = x min(max(x + 3, 0), 6) / 6
//! derivative  f'(x)  = (2x + 3) / 6 for −3 < x < 3, 0 left of it and at −3, 1 right of it and at 3
//! second      f''(x) = 1/3 for −3 < x < 3, else 0
//! bounds      range [−0.375, ∞) with the minimum at −1.5, 1.5-Lipschitz (beside 3), curvature 1/3, not monotone
//! source      Howard et al. 2019, arXiv:1905.02244

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x·min(max(x + 3, 0), 6)/6.
///
/// ```
/// use sparring_activations::{Activation, HardSwish};
///
/// assert_eq!((HardSwish.f(-4.0f32), HardSwish.f(-1.5f32), HardSwish.f(5.0f32)), (0.0, -0.375, 5.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HardSwish;

sparring_math::named! {
    HardSwish: "hard_swish", ["hard_silu"], "Howard et al. 2019, arXiv:1905.02244";
}

impl Configured for HardSwish {
    const DEFAULT: Self = HardSwish;
}

turns! { HardSwish: extrema [-1.5], bends [-3.0, 3.0] }

impl<E: Real> Activation<E> for HardSwish {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x * min(max(x + 3, 0), 6) / 6",
            source: Self::PAPER,
            range: (Some(-0.375), None),
            lipschitz: Some(1.5),
            curvature: Some(1.0 / 3.0),
            monotone: false,
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
        let three = E::of(3.0);
        let middle = x * (x + three) * E::of(1.0 / 6.0);
        let left = if x <= -three { E::ZERO } else { middle };
        if x >= three { x } else { left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let three = E::of(3.0);
        let middle = x.madd(E::of(1.0 / 3.0), E::of(0.5));
        let left = if x <= -three { E::ZERO } else { middle };
        if x >= three { E::ONE } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let three = E::of(3.0);
        let inside = if x > -three { E::of(1.0 / 3.0) } else { E::ZERO };
        let second = if x < three { inside } else { E::ZERO };
        if x.is_nan() { x } else { second }
    }

    fused_slices!();
}
