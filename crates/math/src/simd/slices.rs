//! Element-wise loops over one, two or three slices.

use super::dispatch::{Kernel, dispatch};
use crate::Real;

/// y = f(x), element by element.
///
/// The compiler takes a short closure (arithmetic, one `exp`, `tanh` or `sigmoid`) into the vector loop. A longer one
/// (`softplus`, `erf`) may stay a call per element, many times slower: write a [`Kernel`], whose `#[inline(always)]`
/// leaves no choice.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
#[inline]
pub fn map<E: Real, F: Fn(E) -> E>(x: &[E], y: &mut [E], f: F) {
    assert_eq!(x.len(), y.len(), "simd::map: {} inputs, {} outputs", x.len(), y.len());
    struct Map<'a, E, F>(&'a [E], &'a mut [E], F);
    impl<E: Real, F: Fn(E) -> E> Kernel for Map<'_, E, F> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (y, &x) in self.1.iter_mut().zip(self.0) {
                *y = (self.2)(x);
            }
        }
    }
    dispatch(Map(x, y, f));
}

/// out = f(x, y), element by element.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
#[inline]
pub fn zip<E: Real, F: Fn(E, E) -> E>(x: &[E], y: &[E], out: &mut [E], f: F) {
    let lengths = (x.len(), y.len(), out.len());
    assert!(lengths.0 == lengths.1 && lengths.1 == lengths.2, "simd::zip: lengths {lengths:?} differ");
    struct Zip<'a, E, F>(&'a [E], &'a [E], &'a mut [E], F);
    impl<E: Real, F: Fn(E, E) -> E> Kernel for Zip<'_, E, F> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for ((out, &x), &y) in self.2.iter_mut().zip(self.0).zip(self.1) {
                *out = (self.3)(x, y);
            }
        }
    }
    dispatch(Zip(x, y, out, f));
}

/// y = f(y, x), element by element, in place.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
#[inline]
pub fn update<E: Real, F: Fn(E, E) -> E>(y: &mut [E], x: &[E], f: F) {
    assert_eq!(x.len(), y.len(), "simd::update: {} inputs, {} outputs", x.len(), y.len());
    struct Update<'a, E, F>(&'a mut [E], &'a [E], F);
    impl<E: Real, F: Fn(E, E) -> E> Kernel for Update<'_, E, F> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (y, &x) in self.0.iter_mut().zip(self.1) {
                *y = (self.2)(*y, x);
            }
        }
    }
    dispatch(Update(y, x, f));
}

/// y = f(y, a, b), element by element, in place.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
#[inline]
pub fn update2<E: Real, F: Fn(E, E, E) -> E>(y: &mut [E], a: &[E], b: &[E], f: F) {
    let lengths = (y.len(), a.len(), b.len());
    assert!(lengths.0 == lengths.1 && lengths.1 == lengths.2, "simd::update2: lengths {lengths:?} differ");
    struct Update2<'a, E, F>(&'a mut [E], &'a [E], &'a [E], F);
    impl<E: Real, F: Fn(E, E, E) -> E> Kernel for Update2<'_, E, F> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for ((y, &a), &b) in self.0.iter_mut().zip(self.1).zip(self.2) {
                *y = (self.3)(*y, a, b);
            }
        }
    }
    dispatch(Update2(y, a, b, f));
}
