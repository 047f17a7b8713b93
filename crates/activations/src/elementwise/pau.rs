//! PAU (Padé activation unit): a learnt quotient of polynomials, which starts near leaky ReLU.
//!
//! value       f(x)   = P(x)/Q(x), P = Σ pᵢ xⁱ (i = 0 .. 5), Q = 1 + Σ |qⱼ xʲ| (j = 1 .. 4)
//! derivative  f'(x)  = (P' Q − P Q')/Q²
//! second      f''(x) = (P'' Q² − 2P' Q Q' − P Q Q'' + 2P Q'²)/Q³
//! parameters  p₀ .. p₅, q₁ .. q₄: ∂f/∂pᵢ = xⁱ/Q, ∂f/∂qⱼ = −sign(qⱼ) |x|ʲ P/Q²; at the kink of |x| its derivatives count as 0, as in PyTorch
//! source      Molina, Schramowski, Kersting 2020, arXiv:1907.06732; the coefficients and the sum of absolute values in Q are those of the authors' code
//!             (version A). Fitted to leaky ReLU 0.01 on [−3, 3], at most 0.0298 from it; far out its slope is p₅/|q₄| = 0.723 on both sides
//! bounds      range ℝ; Lipschitz constant and curvature by the zeros of f'' and f'''. Where P cancels, left of 0, f32 has few digits

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::shapes::formula::formula;
use crate::shapes::rational::Rational;
use crate::shapes::rational_turns::RationalTurns;
use crate::{About, Activation, LinearBounds, Points, Relax, Smoothness, Trainable, Turns};
use sparring_math::Real;
use sparring_math::named::Named;
use std::sync::LazyLock;

/// The start of a learnt f(x) = (p₀ + .. + p₅x⁵)/(1 + |q₁x| + .. + |q₄x⁴|).
///
/// ```
/// use sparring_activations::{Activation, Pau};
///
/// let x: f64 = 1.5;
/// assert!((Pau.f(x) - x).abs() < 0.03 && (Pau.f(-x) + 0.01 * x).abs() < 0.03);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pau;

const START: Rational<f64> = Rational {
    top: [0.029_792_46, 0.618_377_38, 2.323_352_07, 3.052_026_60, 1.485_480_02, 0.251_037_17],
    bottom: [1.142_012_26, 4.393_228_34, 0.871_544_50, 0.347_206_52],
};

sparring_math::named! {
    Pau: "pau", ["rational"], "Molina, Schramowski, Kersting 2020, arXiv:1907.06732";
}

impl Configured for Pau {
    const DEFAULT: Self = Pau;
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Rational { top: START.top.map(E::of), bottom: START.bottom.map(E::of) }))
    }
}

static SHAPE: LazyLock<RationalTurns> = LazyLock::new(|| RationalTurns::of(&START));

impl Turns for Pau {
    fn extrema(&self, _: f64, _: f64) -> Points {
        Points::Borrowed(&SHAPE.extrema)
    }
    fn bends(&self, _: f64, _: f64) -> Points {
        Points::Borrowed(&SHAPE.bends)
    }
}

impl Relax for Pau {
    fn image(&self, l: f64, u: f64) -> (f64, f64) {
        let (low, high) = crate::relax::image(self, l, u);
        let margin = rounding(l, u);
        (low - margin, high + margin)
    }
    fn lines(&self, l: f64, u: f64) -> LinearBounds {
        let LinearBounds { mut lower, mut upper } = crate::relax::lines(self, l, u);
        lower.intercept -= rounding(l, u);
        upper.intercept += rounding(l, u);
        LinearBounds { lower, upper }
    }
}

/// Left of 0 the terms of P cancel: what their rounding may do to f on an interval. All coefficients are positive, so that their sizes add up to f(|x|).
fn rounding(l: f64, u: f64) -> f64 {
    let far = l.abs().max(u.abs());
    if far.is_finite() { 4.0 * f64::EPSILON * (1.0 + START.f(far)) } else { 0.0 }
}

impl<E: Real> Activation<E> for Pau {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "(p0 + p1 x + .. + p5 x^5) / (1 + |q1 x| + .. + |q4 x^4|), all learnt",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(SHAPE.lipschitz),
            curvature: Some(SHAPE.curvature),
            monotone: SHAPE.least_slope >= 0.0,
            smoothness: Smoothness::C0,
            gain_forward,
            gain_backward,
            elsewhere: "the paper writes 1 + |q1 x + .. + q4 x^4|; its code starts from these coefficients with the sum of absolute values",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        START.f(x)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        START.df(x)
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        START.d2f(x)
    }

    fused_slices!();
}

// Of the start, as those of every learnt form before training.
formula! { [S: Real] Rational<S>, Pau::NAME, |_a| Activation::<E>::about(&Pau) }
