//! Means over the logits of a row, one or one per patch, and the elements that several losses have.

use crate::bce_with_logits::Binary;
use crate::lanes::{self, Pointwise};
use crate::targets::assert_length;
use sparring_math::Real;

/// `sign` times the mean of the element's values.
#[track_caller]
pub(super) fn eval<E: Real>(name: &str, z: &[E], dz: &mut [E], sign: f64, element: impl Pointwise<E>) -> E {
    assert_length(name, z.len(), "dz", dz.len());
    lanes::eval(z, z, dz, E::of(sign / z.len() as f64), element)
}

/// `sign` times the mean's Hessian times `v`.
#[track_caller]
pub(super) fn hvp<E: Real>(
    name: &str,
    z: &[E],
    v: &[E],
    out: &mut [E],
    sign: f64,
    element: impl Pointwise<E>,
) {
    assert_length(name, z.len(), "v", v.len());
    assert_length(name, z.len(), "out", out.len());
    lanes::hvp(z, v, out, E::of(sign / z.len() as f64), element);
}

/// Binary cross-entropy against this label.
#[derive(Clone, Copy)]
pub(super) struct Label<E>(pub E);

impl<E: Real> Pointwise<E> for Label<E> {
    #[inline(always)]
    fn at(self, c: E, _: E) -> (E, E) {
        Binary.at(c, self.0)
    }
    #[inline(always)]
    fn curvature(self, c: E) -> E {
        Pointwise::<E>::curvature(Binary, c)
    }
}

/// The logit itself.
#[derive(Clone, Copy)]
pub(super) struct Linear;

impl<E: Real> Pointwise<E> for Linear {
    #[inline(always)]
    fn at(self, c: E, _: E) -> (E, E) {
        // A NaN reaches the gradient, too.
        (c, if c.is_nan() { c } else { E::ONE })
    }
    #[inline(always)]
    fn curvature(self, _: E) -> E {
        E::ZERO
    }
}
