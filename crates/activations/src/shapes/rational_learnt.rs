//! Gradients of a quotient of polynomials in its coefficients.

use super::rational::{Rational, signed};
use super::rational_turns::RationalTurns;
use crate::Parametric;
use sparring_math::Real;

impl<E: Real> Parametric<E> for Rational<E> {
    const COUNT: usize = 10;
    type With<F: Real> = Rational<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Rational<F> {
        let mut made = Rational { top: [F::ZERO; 6], bottom: [F::ZERO; 4] };
        made.top.copy_from_slice(&p[..6]);
        made.bottom.copy_from_slice(&p[6..10]);
        made
    }

    fn lipschitz(&self) -> Option<f64> {
        let wide = Rational { top: self.top.map(E::to_f64), bottom: self.bottom.map(E::to_f64) };
        RationalTurns::lipschitz(&wide)
    }

    fn write(&self, p: &mut [E]) {
        p[..6].copy_from_slice(&self.top);
        p[6..].copy_from_slice(&self.bottom);
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let g = self.parts(x);
        for i in 0..6 {
            out[i] = signed(g.u[i], g.s, i);
        }
        for j in 1..5 {
            out[5 + j] = -(g.signs[j - 1] * g.f * g.u[j]);
        }
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let g = self.parts(x);
        out[0] = -(g.u[0] * g.l);
        for i in 1..6 {
            // The derivative of xⁱ/Q.
            out[i] = E::of(i as f64) * signed(g.u[i - 1], g.s, i - 1) - signed(g.u[i], g.s, i) * g.l;
        }
        for j in 1..5 {
            // That of |x|ʲ/Q.
            let du = E::of(j as f64) * g.s * g.u[j - 1] - g.u[j] * g.l;
            out[5 + j] = -(g.signs[j - 1] * (g.df * g.u[j] + g.f * du));
        }
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let g = self.parts(x);
        let (mut over_top, mut over_bottom) = (E::ZERO, E::ZERO);
        for i in 0..6 {
            over_top = signed(g.u[i], g.s, i).madd(v[i], over_top);
        }
        for j in 1..5 {
            over_bottom = (g.signs[j - 1] * g.u[j]).madd(v[5 + j], over_bottom);
        }
        for i in 0..6 {
            out[i] = -(signed(g.u[i], g.s, i) * over_bottom);
        }
        let along = E::of(2.0) * g.f * over_bottom - over_top;
        for j in 1..5 {
            out[5 + j] = g.signs[j - 1] * g.u[j] * along;
        }
    }
}
