//! Largest elements, NaN being the largest.

use crate::{Array, Elem};
use sparring_math::simd;

/// Number of rows and their length, for functions over the last axis of a matrix.
#[track_caller]
fn matrix<E: Elem>(op: &str, a: &Array<E>) -> [usize; 2] {
    let s = a.shape();
    assert!(s.rank() == 2, "{op}: shape {s} has rank {}, expects [rows, columns]", s.rank());
    [s[0], s[1]]
}

/// The largest element of each row; NaN where the row holds one.
///
/// # Shapes
/// `[n, m]` to `[n]`.
///
/// # Panics
/// If the rank is not 2, or rows are empty.
#[track_caller]
pub fn max_rows<E: Elem>(a: &Array<E>) -> Array<E> {
    let [n, m] = matrix("max_rows", a);
    assert!(m > 0 || n == 0, "max_rows: the rows of shape {} are empty", a.shape());
    let x = a.as_slice();
    let mut out = Array::stale([n]);
    simd::dispatch(Rows(x, m.max(1), out.as_mut_slice()));
    out
}

struct Rows<'a, E>(&'a [E], usize, &'a mut [E]);

impl<E: Elem> simd::Kernel for Rows<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Rows(x, m, out) = self;
        out.iter_mut().zip(x.chunks_exact(m)).for_each(|(o, row)| *o = largest(row, -E::INFINITY, |x| x));
    }
}

/// The largest f(x) and `start`; NaN if there is one.
#[inline(always)]
pub(crate) fn largest<E: Elem>(x: &[E], start: E, f: impl Fn(E) -> E) -> E {
    const LANES: usize = 16;
    let (blocks, rest) = x.as_chunks::<LANES>();
    let mut max = start;
    if !blocks.is_empty() {
        let mut lanes = [start; LANES];
        for block in blocks {
            for l in 0..LANES {
                // `Real::larger` without its short circuit, which would not vectorise.
                let (x, max) = (f(block[l]), lanes[l]);
                lanes[l] = if (x > max) | x.is_nan() { x } else { max };
            }
        }
        max = lanes.iter().fold(max, |m, &x| m.larger(x));
    }
    rest.iter().fold(max, |m, &x| m.larger(f(x)))
}

/// Column of the largest element of each row: the first among equals; the first NaN where there is one, as in PyTorch.
///
/// # Shapes
/// `[n, m]` to `n` indices below `m`.
///
/// # Panics
/// If the rank is not 2, or rows are empty.
#[track_caller]
pub fn argmax_rows<E: Elem>(a: &Array<E>) -> Vec<usize> {
    let [n, m] = matrix("argmax_rows", a);
    assert!(m > 0 || n == 0, "argmax_rows: the rows of shape {} are empty", a.shape());
    a.as_slice().chunks_exact(m.max(1)).map(argmax).collect()
}

/// Place of the largest number of a row: the first among equals; the first NaN where there is one, as in PyTorch. 0 for an empty row.
pub fn argmax<E: Elem>(row: &[E]) -> usize {
    let mut at = 0;
    for (i, &x) in row.iter().enumerate() {
        let nan = x.is_nan() && !row[at].is_nan();
        at = if x > row[at] || nan { i } else { at };
    }
    at
}

/// max |aᵢ|; 0 for no element, NaN if there is one.
pub fn max_abs<E: Elem>(a: &Array<E>) -> E {
    struct Abs<'a, E>(&'a [E]);
    impl<E: Elem> simd::Kernel for Abs<'_, E> {
        type Output = E;
        #[inline(always)]
        fn run(self) -> E {
            largest(self.0, E::ZERO, |x| x.abs())
        }
    }
    simd::dispatch(Abs(a.as_slice()))
}
