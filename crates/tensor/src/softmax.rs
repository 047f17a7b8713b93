//! Softmax and its logarithms over the last axis, shifted by the largest element so that nothing overflows.
//!
//! A row that holds NaN or +∞, or only −∞, has no softmax: it comes out as NaN, as in PyTorch.

mod across_rows;
mod cut;
mod gradient;
mod short;

use crate::par::for_each_chunk;
use crate::{Array, Elem, Shape, reduce};
use across_rows::{log_softmax_across_rows, softmax_across_rows};
use cut::{LANES, chunk, row, tile, total};
pub use gradient::{log_softmax_gradient, softmax_gradient};
use sparring_math::simd;

/// Cost of an element in additions, mostly the exponential.
const WORK: usize = 8;

/// `e^(xᵢ − max x) / Σⱼ e^(xⱼ − max x)` over the last axis.
///
/// # Shapes
/// `[.., m]` to `[.., m]`.
///
/// # Panics
/// If the rank is 0.
///
/// ```
/// use sparring_tensor::{Tensor, softmax};
/// let p = softmax::softmax(&Tensor::from([[1e4, 1e4], [0.0, f32::NEG_INFINITY]]));
/// assert_eq!(p.as_slice(), [0.5, 0.5, 1.0, 0.0]);
/// ```
#[track_caller]
pub fn softmax<E: Elem>(a: &Array<E>) -> Array<E> {
    let m = row("softmax", a.shape());
    let mut out = Array::stale(a.shape());
    let (x, tile) = (a.as_slice(), tile(m));
    let chunk = chunk(x.len(), tile);
    for_each_chunk(out.as_mut_slice(), chunk, WORK * x.len(), |k, e| {
        let x = &x[k * chunk..][..e.len()];
        if !short::softmax(x, m, e) {
            let tiles = x.chunks(tile).zip(e.chunks_mut(tile));
            tiles.for_each(|(x, e)| simd::dispatch(Softmax { x, m, e }));
        }
    });
    out
}

/// `xᵢ − log Σⱼ e^xⱼ` over the last axis.
///
/// # Shapes
/// `[.., m]` to `[.., m]`.
///
/// # Panics
/// If the rank is 0.
#[track_caller]
pub fn log_softmax<E: Elem>(a: &Array<E>) -> Array<E> {
    let m = row("log_softmax", a.shape());
    let mut out = Array::stale(a.shape());
    let (x, tile) = (a.as_slice(), tile(m));
    let chunk = chunk(x.len(), tile);
    for_each_chunk(out.as_mut_slice(), chunk, WORK * x.len(), |k, e| {
        let x = &x[k * chunk..][..e.len()];
        if !short::log_softmax(x, m, e) {
            let tiles = x.chunks(tile).zip(e.chunks_mut(tile));
            tiles.for_each(|(x, e)| simd::dispatch(LogSoftmax { x, m, e }));
        }
    });
    out
}

/// `log Σⱼ e^xⱼ` over the last axis, which is removed; −∞ for a row of −∞ or an empty row, ∞ for one that holds ∞.
///
/// # Shapes
/// `[.., m]` to `[..]`.
///
/// # Panics
/// If the rank is 0.
#[track_caller]
pub fn log_sum_exp<E: Elem>(a: &Array<E>) -> Array<E> {
    let m = row("log_sum_exp", a.shape());
    let shape = a.shape();
    let mut out = Array::stale(Shape::new(&shape[..shape.rank() - 1]));
    if m == 0 {
        out.as_mut_slice().fill(-E::INFINITY);
        return out;
    }
    let (x, rows) = (a.as_slice(), tile(m) / m);
    for_each_chunk(out.as_mut_slice(), rows, WORK * x.len(), |k, out| {
        let x = &x[k * rows * m..][..out.len() * m];
        let mut e = Array::stale([x.len()]);
        simd::dispatch(LogSumExp { x, m, e: e.as_mut_slice(), out });
    });
    out
}

/// A block of whole rows of `m` numbers, and its output.
struct Softmax<'a, E> {
    x: &'a [E],
    m: usize,
    e: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Softmax<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { x, m, e } = self;
        let done = if m < LANES { softmax_across_rows(x, m, e) } else { 0 };
        let (x, e) = (&x[done..], &mut e[done..]);
        shifted_exp(x, m, e);
        for e in e.chunks_exact_mut(m) {
            let scale = E::ONE / total(e);
            e.iter_mut().for_each(|e| *e *= scale);
        }
    }
}

struct LogSoftmax<'a, E> {
    x: &'a [E],
    m: usize,
    e: &'a mut [E],
}

impl<E: Elem> simd::Kernel for LogSoftmax<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { x, m, e } = self;
        let done = if m < LANES { log_softmax_across_rows(x, m, e) } else { 0 };
        let (x, e) = (&x[done..], &mut e[done..]);
        shifted_exp(x, m, e);
        for (e, x) in e.chunks_exact_mut(m).zip(x.chunks_exact(m)) {
            let (max, log) = (largest(x), total(e).ln());
            // Not x − (max + log): among large logits that sum would round the logarithm away.
            e.iter_mut().zip(x).for_each(|(e, &x)| *e = (x - max) - log);
        }
    }
}

struct LogSumExp<'a, E> {
    x: &'a [E],
    m: usize,
    e: &'a mut [E],
    out: &'a mut [E],
}

impl<E: Elem> simd::Kernel for LogSumExp<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        shifted_exp(self.x, self.m, self.e);
        let rows = self.x.chunks_exact(self.m).zip(self.e.chunks_exact(self.m));
        for (o, (x, e)) in self.out.iter_mut().zip(rows) {
            let max = largest(x);
            *o = if max.abs() == E::INFINITY { max } else { max + total(e).ln() };
        }
    }
}

/// `e = exp(x − max x)`, the maximum row by row, the exponentials in one pass over all rows: short rows would leave lanes idle.
#[inline(always)]
fn shifted_exp<E: Elem>(x: &[E], m: usize, e: &mut [E]) {
    for (x, e) in x.chunks_exact(m).zip(e.chunks_exact_mut(m)) {
        let max = largest(x);
        e.iter_mut().zip(x).for_each(|(e, &x)| *e = x - max);
    }
    e.iter_mut().for_each(|e| *e = e.exp_nonpos());
}

/// The largest element; NaN if there is one, −∞ for an empty slice.
#[inline(always)]
fn largest<E: Elem>(x: &[E]) -> E {
    reduce::largest(x, -E::INFINITY, |x| x)
}
