//! Squareplus: a smooth ReLU without exponentials.
//!
//! value       f(x)   = (x + s) / 2, s = √(x² + b); left of 0 as b / (2 (s − x)), which cancels nothing
//! derivative  f'(x)  = (1 + x/s) / 2, far left as b / (2 s (s − x))
//! second      f''(x) = b / (2 s³)
//! parameter   b = `b`, 4, at which f'' is that of softplus at 0
//! bounds      range (0, ∞), 1-Lipschitz, curvature 1/(2√b) at 0, monotone, convex
//! source      Barron 2021, arXiv:2112.11687

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, ActivationError, Smoothness};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

impl Squareplus {
    /// f(x), s = √(x² + b), and s².
    #[inline(always)]
    fn value_and_root<E: Real>(&self, x: E) -> (E, E, E) {
        let (b, a, half) = (E::of(self.b), x.abs(), E::of(0.5));
        // Where x² overflows, s is |x|.
        let square = a.madd(a, b);
        let s = if square < E::INFINITY { square.sqrt() } else { a };
        let right = half.madd(a, half * s);
        (if x < E::ZERO { half * b / (s + a) } else { right }, s, square)
    }
}

/// f(x) = (x + √(x² + `b`))/2.
///
/// ```
/// use sparring_activations::{Activation, Squareplus};
///
/// let squareplus = Squareplus::default();
/// assert_eq!((squareplus.f(0.0f64), squareplus.df(0.0f64), squareplus.d2f(0.0f64)), (1.0, 0.5, 0.25));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Squareplus {
    /// Roundness: f(0) = √b/2; 4 by default.
    pub b: f64,
}

impl Default for Squareplus {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Squareplus {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// If one is outside its range.
    pub fn validate(&self) -> Result<(), ActivationError> {
        Named::validate(self)
    }
}

sparring_math::named! {
    Squareplus: "squareplus", [], "Barron 2021, arXiv:2112.11687";
    b: Range::from_to(1e-12, 1e12), "roundness: f(0) is the square root of b, halved";
}

impl Configured for Squareplus {
    const DEFAULT: Self = Squareplus { b: 4.0 };
}

turns! { Squareplus: extrema [], bends [] }

impl<E: Real> Activation<E> for Squareplus {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "(x + sqrt(x^2 + b)) / 2",
            source: Self::PAPER,
            range: (Some(0.0), None),
            lipschitz: Some(1.0),
            curvature: Some(0.5 / self.b.sqrt()),
            monotone: true,
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
        self.value_and_root(x).0
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let (b, half) = (E::of(self.b), E::of(0.5));
        let (_, s, square) = self.value_and_root(x);
        // s (s + |x|), the product alone being rounded.
        let left = half * b / s.madd(x.abs(), square);
        let right = half.madd(x / s, half);
        // There x/s is 1, and ∞/∞ at the end.
        let right = if x > E::of(1e15) { E::ONE } else { right };
        // Nearer than the square root of b the sum cancels little, and has fewer roundings.
        if x < E::of(-self.b.sqrt()) { left } else { right }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let s = self.value_and_root(x).1;
        E::of(0.5 * self.b) / s / s / s
    }

    fused_slices!();
}
