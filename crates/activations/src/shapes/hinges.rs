//! ReLU and K learnt hinges.
//!
//! f(x) = max(0, x) + Σ a_s max(0, b_s − x)

use crate::Parametric;
use sparring_math::Real;

/// Slopes and places of the hinges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hinges<S, const K: usize> {
    /// a: minus the slope that a hinge adds left of it.
    pub(crate) slopes: [S; K],
    /// b.
    pub(crate) places: [S; K],
}

impl<S: Real, const K: usize> Hinges<S, K> {
    /// a_s and b_s in the type of the input.
    #[inline(always)]
    fn hinge<E: Real>(&self, s: usize) -> (E, E) {
        (E::of(self.slopes[s].to_f64()), E::of(self.places[s].to_f64()))
    }
}

impl<S: Real, const K: usize> Hinges<S, K> {
    /// f(x).
    #[inline(always)]
    pub(crate) fn f<E: Real>(&self, x: E) -> E {
        let mut sum = if x < E::ZERO { E::ZERO } else { x };
        // At −∞ terms of both signs may be infinite; there the sum of the slopes decides, and if that is 0 the rest.
        let (mut slope, mut rest) = (E::ZERO, E::ZERO);
        for s in 0..K {
            let (a, b) = self.hinge::<E>(s);
            let reach = if x < b { b - x } else { E::ZERO };
            // No hinge, where 0 · ∞ would be NaN.
            sum += if a == E::ZERO { E::ZERO } else { a * reach };
            slope += a;
            rest = a.madd(b, rest);
        }
        let limit = if slope == E::ZERO { rest } else { slope * E::INFINITY };
        if x == -E::INFINITY { limit } else { sum }
    }

    /// f'(x).
    #[inline(always)]
    pub(crate) fn df<E: Real>(&self, x: E) -> E {
        let mut sum = if x > E::ZERO { E::ONE } else { E::ZERO };
        for s in 0..K {
            let (a, b) = self.hinge::<E>(s);
            sum += if x < b { -a } else { E::ZERO };
        }
        if x.is_nan() { x } else { sum }
    }

    /// f''(x).
    #[inline(always)]
    pub(crate) fn d2f<E: Real>(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }
}

/// First all a, then all b.
impl<E: Real, const K: usize> Parametric<E> for Hinges<E, K> {
    const COUNT: usize = 2 * K;
    type With<F: Real> = Hinges<F, K>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Hinges<F, K> {
        let mut made = Hinges { slopes: [F::ZERO; K], places: [F::ZERO; K] };
        made.slopes.copy_from_slice(&p[..K]);
        made.places.copy_from_slice(&p[K..2 * K]);
        made
    }

    fn write(&self, p: &mut [E]) {
        p[..K].copy_from_slice(&self.slopes);
        p[K..].copy_from_slice(&self.places);
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        for s in 0..K {
            let (a, b) = (self.slopes[s], self.places[s]);
            out[s] = if x >= b { E::ZERO } else { b - x };
            out[K + s] = if x >= b { E::ZERO } else { a };
        }
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        for s in 0..K {
            let b = self.places[s];
            out[s] = if x < b { -E::ONE } else { E::ZERO };
            out[K + s] = E::ZERO;
        }
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        for s in 0..K {
            let on = x < self.places[s];
            out[s] = if on { v[K + s] } else { E::ZERO };
            out[K + s] = if on { v[s] } else { E::ZERO };
        }
    }
}
