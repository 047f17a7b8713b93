//! Sums in an order fixed by the shape alone.
//!
//! A long sum is cut into pieces of 65,536 elements, each summed by [`sparring_math::simd::sum`], a sum over an outer axis by
//! blocks of 64 rows, and the blocks in blocks of 64. Neither depends on the number of threads nor on neighbouring rows.

use crate::par::for_each_chunk;
use crate::walk::{GRAIN, around};
use crate::{Array, Elem, Shape};
use sparring_math::simd;
use std::ops::Range;

/// What becomes of an axis that is summed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It stays, with extent 1.
    Keep,
    /// It disappears.
    Drop,
}

/// Σ over all elements; 0 for none.
pub fn sum<E: Elem>(a: &Array<E>) -> E {
    sum_slice(a.as_slice())
}

/// Mean of all elements; NaN for none.
pub fn mean<E: Elem>(a: &Array<E>) -> E {
    sum(a) / E::of(a.len() as f64)
}

/// Σ aᵢ·bᵢ over all elements.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn dot<E: Elem>(a: &Array<E>, b: &Array<E>) -> E {
    assert!(a.shape() == b.shape(), "dot: shapes {} and {} differ", a.shape(), b.shape());
    let (x, y) = (a.as_slice(), b.as_slice());
    by_pieces(x.len(), |r| simd::dot(&x[r.clone()], &y[r]))
}

pub(crate) fn sum_slice<E: Elem>(x: &[E]) -> E {
    by_pieces(x.len(), |r| simd::sum(&x[r]))
}

/// Σ over pieces of `0..n` whose sums `piece` gives.
fn by_pieces<E: Elem>(n: usize, piece: impl Fn(Range<usize>) -> E + Sync) -> E {
    const PIECE: usize = 1 << 16;
    if n <= PIECE {
        return piece(0..n);
    }
    let mut sums = Array::stale([n.div_ceil(PIECE)]);
    for_each_chunk(sums.as_mut_slice(), 1, n, |k, s| s[0] = piece(k * PIECE..((k + 1) * PIECE).min(n)));
    sum_slice(sums.as_slice())
}

/// Σ over the named axes, in any order; no axis named: `a` itself.
///
/// # Shapes
/// `[n, c, h, w]` over `[0, 2, 3]`: `[1, c, 1, 1]` with [`Keep::Keep`], `[c]` with [`Keep::Drop`].
///
/// # Panics
/// If an axis does not exist or is named twice.
///
/// ```
/// use sparring_tensor::{Keep, Tensor, reduce};
/// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(reduce::sum_axes(&a, &[0], Keep::Drop).as_slice(), [4.0, 6.0]);
/// ```
#[track_caller]
pub fn sum_axes<E: Elem>(a: &Array<E>, axes: &[usize], keep: Keep) -> Array<E> {
    let shape = a.shape();
    let mut summed = [false; 4];
    for &axis in axes {
        assert!(
            axis < shape.rank(),
            "sum_axes: axis {axis} of shape {shape}, which has {} axes",
            shape.rank()
        );
        assert!(!summed[axis], "sum_axes: axis {axis} of shape {shape} is named twice");
        summed[axis] = true;
    }
    let mut out = a.clone();
    // Neighbouring axes go in one pass, innermost first.
    let mut end = shape.rank();
    while end > 0 {
        if !summed[end - 1] {
            end -= 1;
            continue;
        }
        let start = (0..end).rev().find(|&d| !summed[d]).map_or(0, |d| d + 1);
        out = sum_run(&out, start..end);
        end = start;
    }
    match keep {
        Keep::Keep => out,
        Keep::Drop => {
            let mut left = [0; 4];
            let kept = (0..shape.rank()).filter(|&d| !summed[d]);
            let rank = kept.zip(&mut left).map(|(d, l)| *l = shape[d]).count();
            out.reshape(Shape::new(&left[..rank]))
        }
    }
}

/// Σ over neighbouring axes, which stay with extent 1.
fn sum_run<E: Elem>(a: &Array<E>, axes: Range<usize>) -> Array<E> {
    let [outer, n, inner] = around(a.shape(), axes.clone());
    let mut dims = [1; 4];
    let rank = a.shape().rank();
    for d in (0..rank).filter(|d| !axes.contains(d)) {
        dims[d] = a.shape()[d];
    }
    let shape = Shape::new(&dims[..rank]);
    if n <= 1 || shape.numel() == 0 {
        return if n == 1 { a.reshape(shape) } else { Array::zeros(shape) };
    }
    if inner > 1 {
        return fold_rows(a.as_slice(), outer, n, inner).reshape(shape);
    }
    let mut out = Array::stale(shape);
    let (x, rows) = (a.as_slice(), (GRAIN / n).max(1));
    for_each_chunk(out.as_mut_slice(), rows, x.len(), |k, o| {
        for (o, row) in o.iter_mut().zip(x[k * rows * n..].chunks_exact(n)) {
            *o = sum_slice(row);
        }
    });
    out
}

/// `[outer, n, inner]` summed to `[outer, 1, inner]`, n > 0.
fn fold_rows<E: Elem>(x: &[E], outer: usize, n: usize, inner: usize) -> Array<E> {
    const ROWS: usize = 64;
    struct Block<'a, E>(&'a mut [E], &'a [E]);
    impl<E: Elem> simd::Kernel for Block<'_, E> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            let Block(out, rows) = self;
            let (first, rest) = rows.split_at(out.len());
            out.copy_from_slice(first);
            for row in rest.chunks_exact(out.len()) {
                out.iter_mut().zip(row).for_each(|(o, &r)| *o += r);
            }
        }
    }
    let blocks = n.div_ceil(ROWS);
    let mut sums = Array::stale([outer, blocks, inner]);
    for_each_chunk(sums.as_mut_slice(), inner, x.len(), |k, out| {
        let example = &x[k / blocks * n * inner..][..n * inner];
        let first = k % blocks * ROWS;
        simd::dispatch(Block(out, &example[first * inner..(first + ROWS).min(n) * inner]));
    });
    if blocks == 1 { sums } else { fold_rows(sums.as_slice(), outer, blocks, inner) }
}
