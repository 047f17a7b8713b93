//! A reference to an activation is one.

use crate::{About, Activation};
use sparring_math::Real;

impl<E: Real, A: Activation<E> + ?Sized> Activation<E> for &A {
    #[inline]
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn about(&self) -> About {
        (**self).about()
    }
    #[inline(always)]
    fn f(&self, x: E) -> E {
        (**self).f(x)
    }
    #[inline(always)]
    fn df(&self, x: E) -> E {
        (**self).df(x)
    }
    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        (**self).d2f(x)
    }
    #[inline(always)]
    fn rectifies(&self) -> bool {
        (**self).rectifies()
    }
    fn drawn_slope(&self) -> Option<(f64, f64)> {
        (**self).drawn_slope()
    }
    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        (**self).df_of_value(y)
    }
    fn forward(&self, x: &[E], y: &mut [E]) {
        (**self).forward(x, y);
    }
    fn backward(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        (**self).backward(x, dy, dx);
    }
    fn backward2(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        (**self).backward2(x, dy, dx);
    }
    fn backward_of_value(&self, y: &[E], dy: &[E], dx: &mut [E]) -> bool {
        (**self).backward_of_value(y, dy, dx)
    }
}
