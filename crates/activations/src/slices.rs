//! The slice methods of an activation, as kernels of the dispatcher.

use crate::{About, Activation};
use sparring_math::Real;
use sparring_math::simd::{Kernel, dispatch, prefetch};

// The activation is held by value (a reference to one is an activation too): so its parameters are known not to change with what
// the loop writes, and are read and converted before it. In the loop, their type would halve the vectors.
struct Forward<'a, A, E>(A, &'a [E], &'a mut [E]);

impl<A: Activation<E> + Copy, E: Real> Kernel for Forward<'_, A, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        forward_loop(self.0, self.1, self.2);
    }
}

/// Elements from which memory is asked for ahead: below, the first-level cache has it.
const FAR: usize = 4096;
/// Elements worked on between two requests for memory, four cache lines of `f32`.
const TILE: usize = 64;
/// How far ahead memory is asked for.
const AHEAD: usize = 1024;

// Functions of slices: as arguments they are known not to overlap.
#[inline(always)]
fn forward_loop<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], y: &mut [E]) {
    if x.len() < FAR {
        return forward_piece(a, x, y);
    }
    let ((tiles, rest), (outs, out)) = (x.as_chunks::<TILE>(), y.as_chunks_mut::<TILE>());
    for (x, y) in tiles.iter().zip(outs) {
        for line in (0..TILE).step_by(64 / size_of::<E>()) {
            prefetch(x, line + AHEAD);
            prefetch(y, line + AHEAD);
        }
        forward_piece(a, x, y);
    }
    forward_piece(a, rest, out);
}

#[inline(always)]
fn forward_piece<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], y: &mut [E]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = a.f(x);
    }
}

#[track_caller]
pub(crate) fn forward<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], y: &mut [E]) {
    assert_eq!(x.len(), y.len(), "activation forward: {} inputs, {} outputs", x.len(), y.len());
    dispatch(Forward(a, x, y));
}

/// dx = dy · d(x), the derivative d being f' or f'', or f' as a function of the value.
macro_rules! times_derivative {
    ($door:ident, $Kernel:ident, |$a:ident, $x:ident| $derivative:expr, $name:literal) => {
        struct $Kernel<'a, A, E>(A, &'a [E], &'a [E], &'a mut [E]);

        impl<A: Activation<E> + Copy, E: Real> Kernel for $Kernel<'_, A, E> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                #[inline(always)]
                fn multiply<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], dy: &[E], dx: &mut [E]) {
                    if x.len() < FAR {
                        return piece(a, x, dy, dx);
                    }
                    let (tiles, x_rest) = x.as_chunks::<TILE>();
                    let (dys, dy_rest) = dy.as_chunks::<TILE>();
                    let (outs, dx_rest) = dx.as_chunks_mut::<TILE>();
                    for ((x, dy), dx) in tiles.iter().zip(dys).zip(outs) {
                        for line in (0..TILE).step_by(64 / size_of::<E>()) {
                            prefetch(x, line + AHEAD);
                            prefetch(dy, line + AHEAD);
                            prefetch(dx, line + AHEAD);
                        }
                        piece(a, x, dy, dx);
                    }
                    piece(a, x_rest, dy_rest, dx_rest);
                }
                #[inline(always)]
                fn piece<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], dy: &[E], dx: &mut [E]) {
                    let $a = a;
                    for ((dx, &$x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                        *dx = dy * $derivative;
                    }
                }
                multiply(self.0, self.1, self.2, self.3);
            }
        }

        #[track_caller]
        pub(crate) fn $door<E: Real, A: Activation<E> + Copy>(a: A, x: &[E], dy: &[E], dx: &mut [E]) {
            let lengths = (x.len(), dy.len(), dx.len());
            assert!(
                lengths.0 == lengths.1 && lengths.1 == lengths.2,
                concat!($name, ": lengths {:?} differ"),
                lengths
            );
            dispatch($Kernel(a, x, dy, dx));
        }
    };
}
times_derivative!(backward, Backward, |a, x| a.df(x), "activation backward");
times_derivative!(backward2, Backward2, |a, x| a.d2f(x), "activation backward2");
// Asked for only where there is one.
times_derivative!(
    backward_of_value,
    BackwardOfValue,
    |a, y| a.df_of_value(y).unwrap_or(E::ZERO),
    "activation backward_of_value"
);

/// The slice methods of an activation that is written for each `E`, with fused multiply-adds where the machine has them.
macro_rules! fused_slices {
    () => {
        fn forward(&self, x: &[E], y: &mut [E]) {
            if sparring_math::simd::fuses() {
                let (x, y) = (sparring_math::simd::fused(x), sparring_math::simd::fused_mut(y));
                $crate::slices::forward::<E::Fused, Self>(*self, x, y);
            } else {
                $crate::slices::forward::<E, Self>(*self, x, y);
            }
        }
        $crate::slices::fused_slices!(backward);
        $crate::slices::fused_slices!(backward2);
    };
    ($door:ident) => {
        fn $door(&self, x: &[E], dy: &[E], dx: &mut [E]) {
            if sparring_math::simd::fuses() {
                let (x, dy) = (sparring_math::simd::fused(x), sparring_math::simd::fused(dy));
                $crate::slices::$door::<E::Fused, Self>(*self, x, dy, sparring_math::simd::fused_mut(dx));
            } else {
                $crate::slices::$door::<E, Self>(*self, x, dy, dx);
            }
        }
    };
}
pub(crate) use fused_slices;

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
