//! The slice methods of an activation, as kernels of the dispatcher.

use crate::Activation;
use sparring_math::Real;
use sparring_math::simd::{Kernel, dispatch};

struct Forward<'a, A: ?Sized, E>(&'a A, &'a [E], &'a mut [E]);

impl<A: Activation<E> + ?Sized, E: Real> Kernel for Forward<'_, A, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        forward_loop(self.0, self.1, self.2);
    }
}

// A function of references: as arguments they are known not to overlap, so that the parameters of the activation are read
// and converted once and not anew after each store.
#[inline(always)]
fn forward_loop<E: Real, A: Activation<E> + ?Sized>(a: &A, x: &[E], y: &mut [E]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = a.f(x);
    }
}

#[track_caller]
pub(crate) fn forward<E: Real, A: Activation<E> + ?Sized>(a: &A, x: &[E], y: &mut [E]) {
    assert_eq!(x.len(), y.len(), "activation forward: {} inputs, {} outputs", x.len(), y.len());
    dispatch(Forward(a, x, y));
}

/// dx = dy · slope(x), the slope being f' or f''.
macro_rules! product_with {
    ($door:ident, $Kernel:ident, $slope:ident, $name:literal) => {
        struct $Kernel<'a, A: ?Sized, E>(&'a A, &'a [E], &'a [E], &'a mut [E]);

        impl<A: Activation<E> + ?Sized, E: Real> Kernel for $Kernel<'_, A, E> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                #[inline(always)]
                fn product<E: Real, A: Activation<E> + ?Sized>(a: &A, x: &[E], dy: &[E], dx: &mut [E]) {
                    for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                        *dx = dy * a.$slope(x);
                    }
                }
                product(self.0, self.1, self.2, self.3);
            }
        }

        #[track_caller]
        pub(crate) fn $door<E: Real, A: Activation<E> + ?Sized>(a: &A, x: &[E], dy: &[E], dx: &mut [E]) {
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
product_with!(backward, Backward, df, "activation backward");
product_with!(backward2, Backward2, d2f, "activation backward2");
