//! Element-wise loops over arrays of one shape, without broadcasting.

use crate::par::for_each_chunk;
use crate::walk::GRAIN;
use crate::{Array, Elem};
use sparring_math::simd;

/// `out[i] = f(a[i], b[i])`.
///
/// # Panics
/// If the numbers of elements differ.
#[track_caller]
pub(crate) fn zip<E: Elem>(a: &Array<E>, b: &Array<E>, f: impl Fn(E, E) -> E + Sync) -> Array<E> {
    let mut out = Array::stale(a.shape());
    let (x, y) = (a.as_slice(), b.as_slice());
    for_each_chunk(out.as_mut_slice(), GRAIN, x.len(), |k, out| {
        let at = k * GRAIN;
        simd::zip(&x[at..][..out.len()], &y[at..][..out.len()], out, &f);
    });
    out
}

/// `acc[i] += a[i] · b[i]` in place (`acc` is copied first if its buffer is shared).
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn add_product<E: Elem>(acc: &mut Array<E>, a: &Array<E>, b: &Array<E>) {
    let (shape, x, y) = (acc.shape(), a.as_slice(), b.as_slice());
    let same = shape == a.shape() && shape == b.shape();
    assert!(same, "add_product: shapes {shape}, {} and {} differ", a.shape(), b.shape());
    for_each_chunk(acc.as_mut_slice(), GRAIN, x.len(), |k, out| {
        let at = k * GRAIN;
        let (x, y) = (&x[at..][..out.len()], &y[at..][..out.len()]);
        // Not a fused multiply-add: the same bits as a multiplication and an addition one after the other.
        simd::update2(out, x, y, |sum, x, y| sum + x * y);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tensor, elementwise};

    #[test]
    fn a_product_is_added_as_if_it_had_been_stored() {
        // Longer than a chunk, and threaded.
        for n in [1, 7, GRAIN + 5, 3 * GRAIN] {
            let number = |seed: usize| Tensor::from_fn([n], |i| ((i * seed) % 1013) as f32 / 97.0 - 5.0);
            let (a, b, start) = (number(31), number(57), number(11));
            let mut fast = start.clone();
            add_product(&mut fast, &a, &b);
            let mut plain = start.clone();
            elementwise::add_assign(&mut plain, &elementwise::mul(&a, &b));
            assert_eq!(fast, plain);
            let loops = Tensor::from_fn([n], |i| start.as_slice()[i] + a.as_slice()[i] * b.as_slice()[i]);
            assert_eq!(fast, loops);
        }
    }
}
