//! Sums of squares of a gradient's numbers.

use crate::lanes::{self, Pointwise};
use sparring_math::Real;

/// `g²`, with half its derivative: what scales it knows the factor.
#[derive(Clone, Copy)]
struct Square;

impl<E: Real> Pointwise<E> for Square {
    #[inline(always)]
    fn at(self, g: E, _: E) -> (E, E) {
        (g * g, g)
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ONE
    }
}

/// Σ g²; `g` is copied into `dg`.
pub(super) fn squares<E: Real>(g: &[E], dg: &mut [E]) -> E {
    lanes::eval(g, g, dg, E::ONE, Square)
}

/// γ/2 Σ g² and its gradient γ g.
pub(super) fn half_squares<E: Real>(gamma: f64, g: &[E], dg: &mut [E]) -> E {
    let (gamma, sum) = (E::of(gamma), squares(g, dg));
    dg.iter_mut().for_each(|d| *d *= gamma);
    E::of(0.5) * gamma * sum
}

/// The Hessian of [`half_squares`] times `v`.
pub(super) fn half_squares_hvp<E: Real>(gamma: f64, v: &[E], out: &mut [E]) {
    let gamma = E::of(gamma);
    out.iter_mut().zip(v).for_each(|(o, &v)| *o = gamma * v);
}
