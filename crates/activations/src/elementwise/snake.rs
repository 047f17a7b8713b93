//! Snake: x with a learnt ripple, x + sin²(ax)/a.
//!
//! value       f(x)   = x + sin²(z)/a, z = ax; at a = 0 it is x
//! derivative  f'(x)  = 1 + 2 sin z cos z
//! second      f''(x) = 2a (cos² z − sin² z)
//! parameter   a = `a`, starts at 1; with q = sin(z)/a: ∂f/∂a = q (2x cos z − q), ∂f'/∂a = 2x (cos² z − sin² z),
//!             ∂²f/∂a² = 2 (x cos z − q)²/a − 2x² q sin z
//! source      Ziyin, Hartwig, Ueda 2020, arXiv:2006.08195
//! bounds      range ℝ, 2-Lipschitz, curvature 2|a|, monotone; f(±∞) = ±∞, f' has no limit there and is NaN
//! precision   the argument ax is rounded before the sine is taken, as in `sin`

use super::sin::{is_far, multiples};
use crate::gain::gains;
use crate::registry::Configured;
use crate::shapes::wave::wave_slices;
use crate::shapes::{formula::formula, ripple::Ripple};
use crate::{
    About, Activation, LinearBound, LinearBounds, Points, Relax, Sharing, Smoothness, Trainable, Turns,
};
use sparring_math::Real;
use sparring_math::named::{Named, Range};
use std::f64::consts::PI;

/// f(x) = x + sin²(`a`·x)/`a`, `a` being learnt.
///
/// ```
/// use sparring_activations::{Activation, Snake};
///
/// let y: f64 = Snake::default().f(2.0);
/// assert!((y - (2.0 + 2.0f64.sin().powi(2))).abs() < 1e-15);
/// assert_eq!(Snake { a: 0.0 }.f(2.0f32), 2.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snake {
    /// Frequency of the ripple, at first 1.
    pub a: f64,
}

impl Default for Snake {
    fn default() -> Self {
        Self::DEFAULT
    }
}

sparring_math::named! {
    Snake: "snake", [], "Ziyin, Hartwig, Ueda 2020, arXiv:2006.08195";
    a: Range::from_to(-1e18, 1e18).in_f32(), "frequency of the ripple at first; learnt";
}

impl Configured for Snake {
    const DEFAULT: Self = Snake { a: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(LearntSnake(E::of(self.a))))
    }
}

impl Snake {
    /// Whether the ripple reaches both of its bounds on both sides of the middle of the interval, or may do so far away.
    fn is_long(&self, l: f64, u: f64) -> bool {
        (u - l) * self.a.abs() > 2.0 * PI || is_far(l, u, self.a.abs())
    }
}

impl Turns for Snake {
    fn extrema(&self, _: f64, _: f64) -> Points {
        Points::Borrowed(&[])
    }
    fn bends(&self, l: f64, u: f64) -> Points {
        multiples(l, u, PI / (2.0 * self.a.abs()), 0.5)
    }
    /// By E cos(t z) = e^(−t²/2), and E z sin² = 0: E sin⁴(a √q z) = 3/8 − e^(−2a²q)/2 + e^(−8a²q)/8.
    fn moments(&self, q: f64) -> Option<[f64; 3]> {
        let (a2, two, eight) = (self.a * self.a, -2.0 * self.a * self.a * q, -8.0 * self.a * self.a * q);
        let sin4 = 0.125 * eight.exp_m1() - 0.5 * two.exp_m1();
        let ripple = if a2 == 0.0 { 0.0 } else { sin4 / a2 };
        Some([q + ripple, 1.5 - 0.5 * eight.exp(), 1.0 + two.exp() - eight.exp()])
    }
}

impl Relax for Snake {
    #[track_caller]
    fn image(&self, l: f64, u: f64) -> (f64, f64) {
        if is_far(l, u, self.a.abs()) {
            let LinearBounds { lower, upper } = self.lines(l, u);
            return (l + lower.intercept, u + upper.intercept);
        }
        let (low, high) = crate::relax::ends(self, l, u);
        // Where x and ripple cancel, f is rounded as x is.
        let rounding = |x: f64| if x.is_finite() { f64::EPSILON * x.abs() } else { 0.0 };
        (low - rounding(l), high + rounding(u))
    }
    #[track_caller]
    fn lines(&self, l: f64, u: f64) -> LinearBounds {
        assert!(l <= u, "{}: no interval from {l} to {u}", Self::NAME);
        if !self.is_long(l, u) {
            return crate::relax::lines(self, l, u);
        }
        // x, and x with the whole ripple; a few last places of the largest number for the rounding of f.
        let size = [l, u].iter().filter(|x| x.is_finite()).fold(1.0 / self.a.abs(), |m, x| x.abs().max(m));
        let (ripple, margin) = (1.0 / self.a, 8.0 * f64::EPSILON * size);
        let line = |intercept| LinearBound { slope: 1.0, intercept };
        LinearBounds { lower: line(ripple.min(0.0) - margin), upper: line(ripple.max(0.0) + margin) }
    }
}

impl<E: Real> Activation<E> for Snake {
    fn about(&self) -> About {
        let (a, (gain_forward, gain_backward)) = (self.a, gains(self));
        About {
            name: Self::NAME,
            formula: "x + sin(a * x)^2 / a, a learnt",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(if a == 0.0 { 1.0 } else { 2.0 }),
            curvature: Some(2.0 * a.abs()),
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
        Ripple::<f64, false>(self.a).f(x)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        Ripple::<f64, false>(self.a).df(x)
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        Ripple::<f64, false>(self.a).d2f(x)
    }

    wave_slices!(|a| Ripple::<f64, true>(a.a), Ripple::<f64, false>(a.a), a.a);
}

formula! { [S: Real, const NEAR: bool] Ripple<S, NEAR>, Snake::NAME, |a| Activation::<E>::about(&Snake { a: a.0.to_f64() }) }

/// The learnt form: calls the vectorisable formula where all arguments are in its reach. Not `Copy`, so that it is known to be no [`Parametric`](crate::Parametric).
#[derive(Debug)]
struct LearntSnake<E>(E);

impl<E: Real> Activation<E> for LearntSnake<E> {
    fn name(&self) -> &'static str {
        Snake::NAME
    }
    fn about(&self) -> About {
        Activation::<E>::about(&Snake { a: self.0.to_f64() })
    }
    fn f(&self, x: E) -> E {
        Ripple::<E, false>(self.0).f(x)
    }
    fn df(&self, x: E) -> E {
        Ripple::<E, false>(self.0).df(x)
    }
    fn d2f(&self, x: E) -> E {
        Ripple::<E, false>(self.0).d2f(x)
    }
}

/// Whether a·x is in reach for every a and x, however they belong together.
fn in_reach<E: Real>(p: &[E], x: &[E]) -> bool {
    let most = p.iter().fold(0.0f64, |m, p| p.abs().to_f64().max(m));
    // Rounding of the product may lead a little beyond.
    let far = E::of((0.999 * E::CIRCULAR_REACH.to_f64() / most).min(E::MAX.to_f64()));
    x.iter().fold(true, |all, x| all & (x.abs() <= far))
}

/// Methods that are those of the formula, near or far.
macro_rules! either {
    ($($door:ident($($name:ident: $Type:ty),*);)+) => {$(
        #[track_caller]
        fn $door(&self, p: &[E], s: Sharing, x: &[E], $($name: $Type),*) {
            if in_reach(p, x) {
                Ripple::<E, true>(self.0).$door(p, s, x, $($name),*);
            } else {
                Ripple::<E, false>(self.0).$door(p, s, x, $($name),*);
            }
        }
    )+};
}

impl<E: Real> Trainable<E> for LearntSnake<E> {
    fn count(&self) -> usize {
        1
    }
    fn params(&self) -> Vec<E> {
        vec![self.0]
    }
    fn lipschitz_with(&self, p: &[E]) -> Option<f64> {
        Ripple::<E, false>(self.0).lipschitz_with(p)
    }
    either! {
        forward_with(y: &mut [E]);
        input_grad_with(dy: &[E], dx: &mut [E]);
        backward_with(dy: &[E], dx: &mut [E], dp: &mut [E]);
        input_grad_backward(w: &[E], dx: &mut [E], dp: &mut [E]);
        param_grad_backward(dy: &[E], v: &[E], dx: &mut [E], ddy: &mut [E], dp: &mut [E]);
    }
}
