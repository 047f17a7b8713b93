//! PSSiLU (parametric shifted SiLU): x (σ(ax) − b)/(1 − b).
//!
//! value       f(x)   = x (σ(z) − b)/(1 − b) = x (σ(z) + p σ(−z)), z = ax, p = −b/(1 − b): the slope on the left
//! derivative  f'(x)  = S(z) + p S(−z), S(z) = σ(z) + z σ'(z)
//! second      f''(x) = a S'(z)/(1 − b)
//! parameters  a = `a`, b = `b`, starting at 1 and 0; ∂f/∂a = x² σ'(z)/(1 − b), ∂f/∂b = −x σ(−z)/(1 − b)²; ∂f'/∂a = x S'(z)/(1 − b),
//!             ∂f'/∂b = −S(−z)/(1 − b)². Above 0.9, b counts as 0.9 and has no gradient: at 1 the formula is infinite
//! source      Dai, Mahloujifar, Mittal 2021, arXiv:2110.05626
//! bounds      at a = 1, b = 0 those of SiLU; with b > 0 it is positive and falls on the left

use crate::registry::Configured;
use crate::shapes::gated::Gated;
use crate::shapes::gated_form::gated_form;
use crate::{Parametric, Trainable};
use sparring_math::Real;
use sparring_math::named::Range;

/// f(x) = x (σ(`a`·x) − `b`)/(1 − `b`), both being learnt. `S` is the type that they are kept in.
///
/// ```
/// use sparring_activations::{Activation, Pssilu, Silu};
///
/// assert_eq!(Pssilu::<f64>::default().f(-2.0f64), Silu.f(-2.0f64));
/// assert!(Pssilu { a: 1.0, b: 0.2 }.f(-9.0f64) > 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pssilu<S = f64> {
    /// Sharpness, at first 1.
    pub a: S,
    /// What is taken from the sigmoid, at first 0.
    pub b: S,
}

/// The largest b that counts.
const MOST: f64 = 0.9;

impl<S: Real> Default for Pssilu<S> {
    fn default() -> Self {
        Pssilu { a: S::ONE, b: S::ZERO }
    }
}

impl<S: Real> Pssilu<S> {
    /// b as it counts, and 1 − b, at least 1/10.
    #[inline(always)]
    fn shift<E: Real>(&self) -> [E; 2] {
        let (b, most) = (E::of(self.b.to_f64()), E::of(MOST));
        let b = if b > most { most } else { b };
        [b, E::ONE - b]
    }

    /// The formula in the type of the input.
    #[inline(always)]
    fn gated<E: Real>(&self) -> Gated<E> {
        let [b, rest] = self.shift::<E>();
        Gated { p1: E::ONE, p2: -b / rest, rate: E::of(self.a.to_f64()) }
    }
}

sparring_math::named! {
    Pssilu: "pssilu", [], "Dai, Mahloujifar, Mittal 2021, arXiv:2110.05626";
    a: Range::FINITE.in_f32(), "sharpness at first; learnt";
    b: Range::from_to(-1e18, MOST).in_f32(), "shift of the sigmoid at first; learnt";
}

impl Configured for Pssilu {
    const DEFAULT: Self = Pssilu { a: 1.0, b: 0.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Pssilu { a: E::of(self.a), b: E::of(self.b) }))
    }
}

gated_form! {
    Pssilu, formula "x * (1 / (1 + exp(-a * x)) - b) / (1 - b), a and b learnt",
    elsewhere "its authors take |a| and |b|"
}

impl<E: Real> Pssilu<E> {
    /// ∂p/∂b = −1/(1 − b)², 0 where b is clamped, and ∂²p/∂b².
    #[inline(always)]
    fn left_slope(&self) -> [E; 2] {
        let r = E::ONE / self.shift::<E>()[1];
        let first = if self.b > E::of(MOST) { E::ZERO } else { -(r * r) };
        [first, E::of(2.0) * first * r]
    }
}

impl<E: Real> Parametric<E> for Pssilu<E> {
    const COUNT: usize = 2;
    type With<F: Real> = Pssilu<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Pssilu<F> {
        Pssilu { a: p[0], b: p[1] }
    }

    fn write(&self, p: &mut [E]) {
        p.copy_from_slice(&[self.a, self.b]);
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let g = self.gated::<E>().partials(x);
        out[0] = g.rate;
        out[1] = g.p2 * self.left_slope()[0];
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let g = self.gated::<E>().partials(x);
        out[0] = g.slope_rate;
        out[1] = g.slope_p2 * self.left_slope()[0];
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let (g, [first, second]) = (self.gated::<E>().partials(x), self.left_slope());
        let mixed = -(g.bell * first);
        out[0] = g.rate2.madd(v[0], mixed * v[1]);
        out[1] = mixed.madd(v[0], g.p2 * second * v[1]);
    }
}
