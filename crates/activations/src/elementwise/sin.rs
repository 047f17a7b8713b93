//! Sine: sin(ω₀ x), the activation of SIREN.
//!
//! value       f(x)   = sin(z), z = ω₀ x
//! derivative  f'(x)  = ω₀ cos(z)
//! second      f''(x) = −ω₀² sin(z)
//! parameter   ω₀ = `w0`, 30; SIREN has an initialisation of its own: weights uniform in ±√(6/fan_in)/ω₀
//! source      Sitzmann, Martel, Bergman, Lindell, Wetzstein 2020, arXiv:2006.09661
//! bounds      range [−1, 1], ω₀-Lipschitz, curvature ω₀², not monotone; at ±∞, where there is no limit, NaN
//! precision   the argument is rounded before the sine is taken: in f32 the result is that of an input within half a unit of its last place

use crate::gain::gains;
use crate::registry::Configured;
use crate::shapes::wave::wave_slices;
use crate::shapes::{formula::formula, sine::Sine};
use crate::{About, Activation, LinearBound, LinearBounds, Points, Relax, Smoothness, Turns};
use sparring_math::Real;
use sparring_math::named::{Named, Range};
use std::f64::consts::PI;

/// f(x) = sin(`w0`·x).
///
/// ```
/// use sparring_activations::{Activation, Sin};
///
/// let y: f64 = Sin { w0: 2.0 }.f(0.25);
/// assert_eq!(y, 0.5f64.sin());
/// assert!(Sin::default().f(f32::INFINITY).is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sin {
    /// Frequency, 30 by default.
    pub w0: f64,
}

impl Default for Sin {
    fn default() -> Self {
        Self::DEFAULT
    }
}

sparring_math::named! {
    Sin: "sin", ["sine", "siren"], "Sitzmann et al. 2020, arXiv:2006.09661";
    w0: Range::from_to(1e-18, 1e18).in_f32(), "frequency";
}

impl Configured for Sin {
    const DEFAULT: Self = Sin { w0: 30.0 };
}

/// Points that are too many to be of use.
const MANY: f64 = 100_000.0;
/// 2⁵³: from here on whole numbers have no neighbours in `f64`.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The whole k with l < (k + shift) · step < u, times the step; none where they are too many to be of use, or beyond 2⁵³.
pub(super) fn multiples(l: f64, u: f64, step: f64, shift: f64) -> Points {
    let (first, last) = ((l / step - shift).ceil(), (u / step - shift).floor());
    let count = last - first + 1.0;
    // Not a number is none, too.
    if !((1.0..=MANY).contains(&count) && first.abs().max(last.abs()) < WHOLE) {
        return Points::Borrowed(&[]);
    }
    Points::Owned((0..count as u64).map(|i| (first + i as f64 + shift) * step).collect())
}

/// Whether the sine of w x is taken of so large numbers on [l, u] that their rounding moves it by more than the margins of the bounds.
pub(super) fn is_far(l: f64, u: f64, w: f64) -> bool {
    const FAR: f64 = 67_108_864.0;
    l.abs().max(u.abs()) * w > FAR
}

impl Sin {
    /// Whether the interval is so long that both bounds are reached on both sides of its middle, or so far away that they may be.
    fn is_long(&self, l: f64, u: f64) -> bool {
        (u - l) * self.w0 > 4.0 * PI || is_far(l, u, self.w0)
    }
}

impl Turns for Sin {
    fn extrema(&self, l: f64, u: f64) -> Points {
        multiples(l, u, PI / self.w0, 0.5)
    }
    fn bends(&self, l: f64, u: f64) -> Points {
        multiples(l, u, PI / self.w0, 0.0)
    }
    /// By E cos(2 w √q z) = e^(−2w²q).
    fn moments(&self, q: f64) -> Option<[f64; 3]> {
        let (w2, x) = (self.w0 * self.w0, -2.0 * self.w0 * self.w0 * q);
        Some([-0.5 * x.exp_m1(), w2 * (0.5 + 0.5 * x.exp()), w2 * x.exp()])
    }
}

/// Where |ω₀ x| passes 2²⁶, the bounds are −1 and 1 even on a short interval.
impl Relax for Sin {
    #[track_caller]
    fn image(&self, l: f64, u: f64) -> (f64, f64) {
        assert!(l <= u, "{}: no interval from {l} to {u}", Self::NAME);
        if self.is_long(l, u) { (-1.0, 1.0) } else { crate::relax::image(self, l, u) }
    }
    #[track_caller]
    fn lines(&self, l: f64, u: f64) -> LinearBounds {
        assert!(l <= u, "{}: no interval from {l} to {u}", Self::NAME);
        let level = |intercept| LinearBound { slope: 0.0, intercept };
        if self.is_long(l, u) {
            LinearBounds { lower: level(-1.0), upper: level(1.0) }
        } else {
            crate::relax::lines(self, l, u)
        }
    }
}

impl<E: Real> Activation<E> for Sin {
    fn about(&self) -> About {
        let (w, (gain_forward, gain_backward)) = (self.w0, gains(self));
        About {
            name: Self::NAME,
            formula: "sin(w0 * x)",
            source: Self::PAPER,
            range: (Some(-1.0), Some(1.0)),
            lipschitz: Some(w),
            curvature: Some(w * w),
            monotone: false,
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
        Sine::<false>(self.w0).f(x)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        Sine::<false>(self.w0).df(x)
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        Sine::<false>(self.w0).d2f(x)
    }

    wave_slices!(|a| Sine::<true>(a.w0), Sine::<false>(a.w0), a.w0);
}

formula! { [const NEAR: bool] Sine<NEAR>, Sin::NAME, |a| Activation::<E>::about(&Sin { w0: a.0 }) }
