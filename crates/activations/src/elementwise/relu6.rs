//! ReLU6: ReLU with a ceiling at 6.
//!
//! value       f(x)   = min(max(x, 0), 6)
//! derivative  f'(x)  = 1 for 0 < x < 6, else 0 (PyTorch's convention at the kinks)
//! second      f''(x) = 0
//! bounds      range [0, 6], 1-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10; Howard et al. 2017, arXiv:1704.04861

use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = min(max(x, 0), 6).
///
/// ```
/// use sparring_activations::{Activation, Relu6};
///
/// assert_eq!((Relu6.f(-1.0f32), Relu6.f(2.0f32), Relu6.f(7.0f32)), (0.0, 2.0, 6.0));
/// assert_eq!((Relu6.df(6.0f32), Relu6.df(3.0f32)), (0.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relu6;

sparring_math::named! {
    Relu6: "relu6", [], "Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10; Howard et al. 2017, arXiv:1704.04861";
}

impl Configured for Relu6 {
    const DEFAULT: Self = Relu6;
}

turns! { Relu6: extrema [], bends [0.0, 6.0] }

impl<E: Real> Activation<E> for Relu6 {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "min(max(x, 0), 6)",
            source: Self::PAPER,
            range: (Some(0.0), Some(6.0)),
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
        let y = if x < E::ZERO { E::ZERO } else { x };
        if y > E::of(6.0) { E::of(6.0) } else { y }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let inside = if x > E::ZERO { E::ONE } else { E::ZERO };
        let derivative = if x < E::of(6.0) { inside } else { E::ZERO };
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
}
