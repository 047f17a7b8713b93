//! x between two slopes, blended by a sigmoid: what Swish, ACON-C and PSSiLU are.
//!
//! f(x) = x (p₁ σ(z) + p₂ σ(−z)) with z = r x: slope p₂ far on one side, p₁ on the other.
//! f' = p₁ S(z) + p₂ S(−z), f'' = (p₁ − p₂) r S'(z) with S = (u σ(u))', the derivative of SiLU; S(z) + S(−z) = 1

use super::roots::root;
use crate::{Activation, Sigmoid, Silu};
use sparring_math::Real;

/// |z| beyond which σ(−|z|) is 0 in any type.
const SATURATED: f64 = 800.0;

/// The numbers of the formula.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gated<E> {
    /// Slope where z → ∞.
    pub(crate) p1: E,
    /// Slope where z → −∞.
    pub(crate) p2: E,
    /// z = rate · x.
    pub(crate) rate: E,
}

/// Derivatives by the numbers at one x.
pub(crate) struct Partials<E> {
    /// ∂f/∂p₁ = x σ(z).
    pub(crate) p1: E,
    /// ∂f/∂p₂ = x σ(−z).
    pub(crate) p2: E,
    /// ∂f/∂r = (p₁ − p₂) x² σ'(z).
    pub(crate) rate: E,
    /// x² σ'(z) = ∂²f/∂p₁∂r = −∂²f/∂p₂∂r.
    pub(crate) bell: E,
    /// ∂²f/∂r² = (p₁ − p₂) x³ σ''(z).
    pub(crate) rate2: E,
    /// ∂f'/∂p₁ = S(z); ∂f'/∂p₂ is S(−z).
    pub(crate) slope_p1: E,
    /// S(−z).
    pub(crate) slope_p2: E,
    /// ∂f'/∂r = (p₁ − p₂) x S'(z).
    pub(crate) slope_rate: E,
}

/// a · b, 0 where a is, even if b is infinite.
#[inline(always)]
fn times<E: Real>(a: E, b: E) -> E {
    if a == E::ZERO { E::ZERO } else { a * b }
}

impl<E: Real> Gated<E> {
    /// z at x; finite x times a rate of 0 is 0, and so is ±∞.
    #[inline(always)]
    fn z(&self, x: E) -> E {
        let c = if x > E::MAX { E::MAX } else { x };
        self.rate * (if c < -E::MAX { -E::MAX } else { c })
    }

    /// f(x).
    #[inline(always)]
    pub(crate) fn f(&self, x: E) -> E {
        let z = self.z(x);
        times(self.p1.madd(z.sigmoid(), self.p2 * (-z).sigmoid()), x)
    }

    /// f'(x).
    #[inline(always)]
    pub(crate) fn df(&self, x: E) -> E {
        let z = self.z(x);
        self.p1.madd(Silu.df(z), self.p2 * Silu.df(-z))
    }

    /// f''(x).
    #[inline(always)]
    pub(crate) fn d2f(&self, x: E) -> E {
        (self.p1 - self.p2) * self.rate * Silu.d2f(self.z(x))
    }

    /// Derivatives by the numbers.
    #[inline(always)]
    pub(crate) fn partials(&self, x: E) -> Partials<E> {
        let (z, d) = (self.z(x), self.p1 - self.p2);
        let bell = times(times(Sigmoid.df(z), x), x);
        let rate2 = d * times(times(times(Sigmoid.d2f(z), x), x), x);
        Partials {
            p1: times(z.sigmoid(), x),
            p2: times((-z).sigmoid(), x),
            rate: d * bell,
            bell,
            rate2,
            slope_p1: Silu.df(z),
            slope_p2: Silu.df(-z),
            slope_rate: d * times(Silu.d2f(z), x),
        }
    }
}

/// Facts of the shape.
impl Gated<f64> {
    /// Whether it bends at all.
    fn bends_at_all(&self) -> bool {
        self.rate != 0.0 && self.p1 != self.p2
    }

    /// Where f' changes its sign, in ascending order.
    pub(crate) fn extrema(&self) -> Vec<f64> {
        if !self.bends_at_all() {
            return Vec::new();
        }
        let slope =
            |z: f64| self.p1 * Activation::<f64>::df(&Silu, z) + self.p2 * Activation::<f64>::df(&Silu, -z);
        let bend = Silu::STEEPEST;
        let pieces = [(-SATURATED, -bend), (-bend, bend), (bend, SATURATED)];
        let mut at: Vec<f64> =
            pieces.iter().filter_map(|&(l, u)| root(slope, l, u)).map(|z| z / self.rate).collect();
        at.sort_by(f64::total_cmp);
        at
    }

    /// Where f'' changes its sign, in ascending order.
    pub(crate) fn bends(&self) -> Vec<f64> {
        let at = (Silu::STEEPEST / self.rate).abs();
        if self.bends_at_all() { vec![-at, at] } else { Vec::new() }
    }

    /// Slopes for x → −∞ and x → ∞.
    fn ends(&self) -> (f64, f64) {
        if self.rate > 0.0 {
            (self.p2, self.p1)
        } else if self.rate < 0.0 {
            (self.p1, self.p2)
        } else {
            let s = 0.5 * self.p1 + 0.5 * self.p2;
            (s, s)
        }
    }

    /// Infimum and supremum.
    pub(crate) fn range(&self) -> (Option<f64>, Option<f64>) {
        let (left, right) = self.ends();
        let mut values: Vec<f64> = self.extrema().into_iter().map(|x| self.f(x)).collect();
        // The limit where it is flat in the end.
        values.extend([left, right].iter().filter(|s| **s == 0.0));
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        ((left <= 0.0 && right >= 0.0).then_some(low), (left >= 0.0 && right <= 0.0).then_some(high))
    }

    /// Smallest and largest f'.
    fn slopes(&self) -> (f64, f64) {
        if !self.bends_at_all() {
            return self.ends();
        }
        let at = |s: f64| self.p2 + (self.p1 - self.p2) * s;
        let (a, b) = (at(1.0 - Silu::LARGEST), at(Silu::LARGEST));
        (a.min(b), a.max(b))
    }

    /// Lipschitz constant.
    pub(crate) fn lipschitz(&self) -> f64 {
        let (low, high) = self.slopes();
        low.abs().max(high.abs())
    }

    /// Largest |f''|, taken at 0.
    pub(crate) fn curvature(&self) -> f64 {
        (0.5 * (self.p1 - self.p2) * self.rate).abs()
    }

    /// Whether f' is nowhere negative.
    pub(crate) fn is_monotone(&self) -> bool {
        self.slopes().0 >= 0.0
    }
}
