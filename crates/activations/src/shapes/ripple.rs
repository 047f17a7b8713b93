//! x + sin²(a x)/a, and its derivatives by a.

use super::sine::{cosine, sine};
use crate::Parametric;
use sparring_math::Real;

/// x + sin²(a x)/a.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ripple<S, const NEAR: bool>(pub(crate) S);

impl<S: Real, const NEAR: bool> Ripple<S, NEAR> {
    /// a, sin(ax), cos(ax), and sin(ax)/a, which is x at a = 0.
    #[inline(always)]
    fn parts<E: Real>(&self, x: E) -> [E; 4] {
        let a = E::of(self.0.to_f64());
        let (s, c) = (sine::<NEAR, E>(a * x), cosine::<NEAR, E>(a * x));
        [a, s, c, if a == E::ZERO { x } else { s / a }]
    }
}

impl<S: Real, const NEAR: bool> Ripple<S, NEAR> {
    /// f(x).
    #[inline(always)]
    pub(crate) fn f<E: Real>(&self, x: E) -> E {
        let [_, s, _, q] = self.parts(x);
        // The sine has no limit at ±∞, but its square is bounded.
        let ripple = if x.abs() == E::INFINITY { E::ZERO } else { s * q };
        x + ripple
    }
    /// f'(x).
    #[inline(always)]
    pub(crate) fn df<E: Real>(&self, x: E) -> E {
        let [_, s, c, _] = self.parts(x);
        (s + s).madd(c, E::ONE)
    }
    /// f''(x).
    #[inline(always)]
    pub(crate) fn d2f<E: Real>(&self, x: E) -> E {
        let [a, s, c, _] = self.parts(x);
        (a + a) * ((c - s) * (c + s))
    }
}

impl<E: Real, const NEAR: bool> Parametric<E> for Ripple<E, NEAR> {
    const COUNT: usize = 1;
    type With<F: Real> = Ripple<F, NEAR>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Ripple<F, NEAR> {
        Ripple(p[0])
    }

    fn write(&self, p: &mut [E]) {
        p[0] = self.0;
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let [_, _, c, q] = self.parts(x);
        out[0] = q * ((x + x) * c - q);
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let [_, s, c, _] = self.parts(x);
        out[0] = (x + x) * ((c - s) * (c + s));
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let [a, s, c, q] = self.parts(x);
        let z = a * x;
        // x cos z − sin(z)/a, and that over a; near 0 their series.
        let near = z.abs() < E::of(1e-3);
        let rest = if near { -(x * z * z) / E::of(3.0) } else { c.madd(x, -q) };
        let over_a = if near { -(x * x * z) / E::of(3.0) } else { rest / a };
        let two = E::of(2.0);
        out[0] = v[0] * (two * rest * over_a - two * x * x * s * q);
    }
}
