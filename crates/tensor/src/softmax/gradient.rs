//! Gradients of softmax and log-softmax in one pass: rows are summed and used while they are in the first-level cache.

use super::cut::{chunk, row, tile, total};
use super::short;
use crate::par::for_each_chunk;
use crate::{Array, Elem};
use sparring_math::simd;

/// Cost of an element in additions.
const WORK: usize = 4;

/// `pᵢ (gᵢ − Σⱼ pⱼ gⱼ)` over the last axis: the cotangent of x where `p = softmax x` has the cotangent `g`.
///
/// # Shapes
/// Both `[.., m]`, as the result.
///
/// # Panics
/// If the shapes differ, or the rank is 0.
///
/// ```
/// use sparring_tensor::{Tensor, softmax};
/// let (p, g) = (Tensor::from([[0.25, 0.75]]), Tensor::from([[4.0, 0.0]]));
/// assert_eq!(softmax::softmax_gradient(&p, &g).as_slice(), [0.75, -0.75]);
/// ```
#[track_caller]
pub fn softmax_gradient<E: Elem>(p: &Array<E>, g: &Array<E>) -> Array<E> {
    gradient("softmax_gradient", p, g, |y, g, m, dx| {
        if !short::softmax_gradient(y, g, m, dx) {
            simd::dispatch(Softmax { p: y, g, m, dx });
        }
    })
}

/// `gᵢ − e^yᵢ Σⱼ gⱼ` over the last axis: the cotangent of x where `y = log_softmax x` has the cotangent `g`.
///
/// # Shapes
/// Both `[.., m]`, as the result.
///
/// # Panics
/// If the shapes differ, or the rank is 0.
#[track_caller]
pub fn log_softmax_gradient<E: Elem>(y: &Array<E>, g: &Array<E>) -> Array<E> {
    gradient("log_softmax_gradient", y, g, |y, g, m, dx| {
        if !short::log_softmax_gradient(y, g, m, dx) {
            simd::dispatch(LogSoftmax { y, g, m, dx });
        }
    })
}

/// `f(y, g, m, dx)` for tiles of whole rows.
#[track_caller]
fn gradient<E: Elem>(
    op: &str,
    y: &Array<E>,
    g: &Array<E>,
    f: impl Fn(&[E], &[E], usize, &mut [E]) + Sync + Send,
) -> Array<E> {
    let m = row(op, y.shape());
    assert!(y.shape() == g.shape(), "{op}: shapes {} and {} differ", y.shape(), g.shape());
    let mut dx = Array::stale(y.shape());
    let (y, g, tile) = (y.as_slice(), g.as_slice(), tile(m));
    let chunk = chunk(y.len(), tile);
    for_each_chunk(dx.as_mut_slice(), chunk, WORK * y.len(), |k, dx| {
        let part = k * chunk..k * chunk + dx.len();
        let inputs = y[part.clone()].chunks(tile).zip(g[part].chunks(tile));
        inputs.zip(dx.chunks_mut(tile)).for_each(|((y, g), dx)| f(y, g, m, dx));
    });
    dx
}

struct Softmax<'a, E> {
    p: &'a [E],
    g: &'a [E],
    m: usize,
    dx: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Softmax<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { p, g, m, dx } = self;
        for ((dx, p), g) in dx.chunks_exact_mut(m).zip(p.chunks_exact(m)).zip(g.chunks_exact(m)) {
            for ((dx, &p), &g) in dx.iter_mut().zip(p).zip(g) {
                *dx = p * g;
            }
            let dot = total(dx);
            for ((dx, &p), &g) in dx.iter_mut().zip(p).zip(g) {
                *dx = p * (g - dot);
            }
        }
    }
}

struct LogSoftmax<'a, E> {
    y: &'a [E],
    g: &'a [E],
    m: usize,
    dx: &'a mut [E],
}

impl<E: Elem> simd::Kernel for LogSoftmax<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { y, g, m, dx } = self;
        // One pass over all short rows: each by itself would leave lanes idle.
        dx.iter_mut().zip(y).for_each(|(dx, &y)| *dx = y.exp_nonpos());
        for (dx, g) in dx.chunks_exact_mut(m).zip(g.chunks_exact(m)) {
            let sum = total(g);
            dx.iter_mut().zip(g).for_each(|(dx, &g)| *dx = g - *dx * sum);
        }
    }
}
