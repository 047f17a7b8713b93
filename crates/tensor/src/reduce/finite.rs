//! Checks for NaN and infinity, and flushing of subnormal numbers.

use crate::{Array, Elem};
use sparring_math::simd;

/// Whether no element is infinite or NaN.
pub fn all_finite<E: Elem>(a: &Array<E>) -> bool {
    are_finite(a.as_slice())
}

/// Whether no number is infinite or NaN.
pub fn are_finite<E: Elem>(a: &[E]) -> bool {
    // Whole blocks first, so that the inner loop has no exit and vectorises.
    struct Block<'a, E>(&'a [E]);
    impl<E: Elem> simd::Kernel for Block<'_, E> {
        type Output = bool;
        #[inline(always)]
        fn run(self) -> bool {
            self.0.iter().fold(true, |ok, x| ok & x.is_finite())
        }
    }
    a.chunks(4096).all(|c| simd::dispatch(Block(c)))
}

/// Sets the numbers smaller than `floor` in size to 0; whether no number is infinite or NaN.
///
/// Arithmetic on subnormal numbers is many times slower: gradients of saturated units decay into them.
pub fn flush_small<E: Elem>(a: &mut [E], floor: E) -> bool {
    struct Block<'a, E>(&'a mut [E], E);
    impl<E: Elem> simd::Kernel for Block<'_, E> {
        type Output = bool;
        #[inline(always)]
        fn run(self) -> bool {
            self.0.iter_mut().fold(true, |ok, x| {
                *x = if x.abs() < self.1 { E::ZERO } else { *x };
                ok & x.is_finite()
            })
        }
    }
    a.chunks_mut(4096).fold(true, |ok, c| ok & simd::dispatch(Block(c, floor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_become_zero_and_the_rest_stays() {
        let mut a = vec![1.0f32; 5000];
        (a[3], a[4700], a[4999]) = (1e-30, -1e-40, -1e-3);
        assert!(flush_small(&mut a, 1e-20));
        assert_eq!((a[3], a[4700], a[4999], a[0]), (0.0, 0.0, -1e-3, 1.0));
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in [0, 4098] {
                let mut a = vec![1.0; 5000];
                a[at] = bad;
                assert!(!flush_small(&mut a, 1e-20) && !are_finite(&a));
                assert_eq!(a[at].to_bits(), bad.to_bits());
            }
        }
    }
}
