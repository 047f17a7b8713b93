//! A quotient of polynomials whose denominator has no zero.
//!
//! f(x) = P(x)/Q(x), P = Σ pᵢ xⁱ (i = 0 .. 5), Q = 1 + Σ |qⱼ| |x|ʲ (j = 1 .. 4)
//!
//! All of it is written in the weights uᵢ = |x|ⁱ/Q, which neither overflow nor cancel: for |x| > 1 numerator and denominator are divided by
//! x⁴. With s = sign x, L = Q'/Q = s Σ j|qⱼ| uⱼ₋₁ and M = Q''/Q: f = Σ pᵢ sⁱ uᵢ, f' = Σ i pᵢ sⁱ⁻¹ uᵢ₋₁ − f L,
//! f'' = Σ i(i−1) pᵢ sⁱ uᵢ₋₂ − 2L Σ i pᵢ sⁱ⁻¹ uᵢ₋₁ + f (2L² − M).

use sparring_math::Real;

/// The coefficients, low powers first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rational<S> {
    /// p₀ .. p₅.
    pub(crate) top: [S; 6],
    /// q₁ .. q₄.
    pub(crate) bottom: [S; 4],
}

/// Where derivatives are those of the asymptote: |x| does not leave the range in which x⁻² is a normal number.
const FAR: f64 = 1e18;

/// What the derivatives at one x are made of.
pub(super) struct Parts<E> {
    /// sign x.
    pub(super) s: E,
    /// |x|ⁱ/Q for i = 0 .. 5.
    pub(super) u: [E; 6],
    pub(super) p: [E; 6],
    /// |qⱼ| for j = 1 .. 4, at j − 1, and the signs of qⱼ.
    pub(super) q: [E; 4],
    pub(super) signs: [E; 4],
    pub(super) f: E,
    /// Q'/Q.
    pub(super) l: E,
    /// f'.
    pub(super) df: E,
}

/// xⁱ/Q where |x|ⁱ/Q is `u`.
#[inline(always)]
pub(super) fn signed<E: Real>(u: E, s: E, i: usize) -> E {
    if i.is_multiple_of(2) { u } else { s * u }
}

impl<S: Real> Rational<S> {
    /// The weights uᵢ at |x|.
    #[inline(always)]
    fn weights<E: Real>(q: [E; 4], size: E) -> [E; 6] {
        let small = size <= E::ONE;
        let t = if small { size } else { E::ONE / size };
        // Q, or Q/x⁴ in 1/|x|.
        let [a, b, c, d] = if small { q } else { [q[2], q[1], q[0], E::ONE] };
        let (first, rest) = if small { (E::ONE, [a, b, c, d]) } else { (q[3], [a, b, c, d]) };
        let sum = t.madd(t.madd(t.madd(t.madd(rest[3], rest[2]), rest[1]), rest[0]), first);
        let unit = E::ONE / sum;
        let (t2, t4) = (t * t, (t * t) * (t * t));
        let up = [unit, unit * t, unit * t2, unit * t2 * t, unit * t4, unit * t4 * t];
        // x⁴ comes first there, and x⁵ is |x| more.
        let down = [up[4], up[3], up[2], up[1], up[0], up[0] * size];
        std::array::from_fn(|i| if small { up[i] } else { down[i] })
    }

    #[inline(always)]
    fn coefficients<E: Real>(&self) -> ([E; 6], [E; 4]) {
        (self.top.map(|p| E::of(p.to_f64())), self.bottom.map(|q| E::of(q.to_f64()).abs()))
    }

    #[inline(always)]
    pub(super) fn parts<E: Real>(&self, x: E) -> Parts<E> {
        let far = E::of(FAR);
        let x = x.smaller(far).larger(-far);
        let ((p, q), s) = (self.coefficients::<E>(), x.sign());
        let u = Self::weights(q, x.abs());
        let mut parts = Parts {
            s,
            u,
            p,
            q,
            signs: self.bottom.map(|q| E::of(q.to_f64()).sign()),
            f: E::ZERO,
            l: E::ZERO,
            df: E::ZERO,
        };
        for i in 0..6 {
            parts.f = p[i].madd(signed(u[i], s, i), parts.f);
        }
        let mut l = E::ZERO;
        for j in 1..5 {
            l = (E::of(j as f64) * q[j - 1]).madd(u[j - 1], l);
        }
        parts.l = s * l;
        parts.df = parts.top_slope() - parts.f * parts.l;
        parts
    }
}

impl<E: Real> Parts<E> {
    /// P'/Q.
    #[inline(always)]
    fn top_slope(&self) -> E {
        let mut sum = E::ZERO;
        for i in 1..6 {
            sum = (E::of(i as f64) * self.p[i]).madd(signed(self.u[i - 1], self.s, i - 1), sum);
        }
        sum
    }

    /// f''.
    #[inline(always)]
    fn d2f(&self) -> E {
        let (mut top, mut m) = (E::ZERO, E::ZERO);
        for i in 2..6 {
            top = (E::of((i * (i - 1)) as f64) * self.p[i]).madd(signed(self.u[i - 2], self.s, i), top);
        }
        for j in 2..5 {
            m = (E::of((j * (j - 1)) as f64) * self.q[j - 1]).madd(self.u[j - 2], m);
        }
        // At 0, where the absolute values have a kink, their second derivatives count as 0.
        let m = m * self.s.abs();
        let two = E::of(2.0);
        self.f.madd((two * self.l).madd(self.l, -m), (-two * self.l).madd(self.top_slope(), top))
    }
}

impl<S: Real> Rational<S> {
    /// f(x).
    #[inline(always)]
    pub(crate) fn f<E: Real>(&self, x: E) -> E {
        let ((p, q), c) = (self.coefficients::<E>(), x.smaller(E::MAX).larger(-E::MAX));
        let (s, u) = (c.sign(), Self::weights(q, c.abs()));
        let mut sum = E::ZERO;
        for i in 0..5 {
            sum = p[i].madd(signed(u[i], s, i), sum);
        }
        // The slope of the highest power, times x itself: infinite at ±∞ unless it is 0.
        let slope = p[5] * u[4];
        let last = if u[4] == E::ZERO || slope == E::ZERO { p[5] * signed(u[5], s, 5) } else { slope * x };
        sum + last
    }

    /// f'(x).
    #[inline(always)]
    pub(crate) fn df<E: Real>(&self, x: E) -> E {
        self.parts(x).df
    }

    /// f''(x).
    #[inline(always)]
    pub(crate) fn d2f<E: Real>(&self, x: E) -> E {
        let value = self.parts(x).d2f();
        if x.abs() > E::of(FAR) { E::ZERO } else { value }
    }
}
