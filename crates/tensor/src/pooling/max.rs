//! Max pooling: the largest element of each window, and its index.

use super::PoolGeometry;
use crate::par;
use crate::{Array, Elem, Index};
use rayon::prelude::*;
use sparring_math::simd;

/// The largest element of each window and its index (`row · w + column`) inside its channel.
///
/// Of equal elements the first wins; a NaN wins over every number (the last of several), as in PyTorch. The border never wins.
/// With the indices, [`gather_pixels`](super::gather_pixels) repeats the pooling as a linear map and
/// [`scatter_pixels`](super::scatter_pixels) is its gradient.
///
/// # Shapes
/// `[n, c, h, w]` to `[n, c, oh, ow]` with [`PoolGeometry::output`]; one index for each output element.
///
/// # Panics
/// If the rank is not 4, the geometry does not fit, or an image has more than 2³² pixels.
///
/// ```
/// use sparring_tensor::{Tensor, pooling::{self, PoolGeometry}};
/// let x = Tensor::from_slice([1, 1, 2, 4], &[1.0, 2.0, 5.0, 0.0, 4.0, 3.0, 5.0, 1.0]);
/// let (y, winners) = pooling::max_pool2d(&x, PoolGeometry::default());
/// assert_eq!((y.as_slice(), &*winners), (&[4.0, 5.0][..], &[4, 2][..]));
/// ```
#[track_caller]
pub fn max_pool2d<E: Elem>(x: &Array<E>, g: PoolGeometry) -> (Array<E>, Index) {
    let (channels, [h, w], [oh, ow]) = g.extents("max_pool2d", x.shape());
    assert!(u32::try_from(h * w).is_ok(), "max_pool2d: images of shape {} have too many pixels", x.shape());
    let [n, c, ..] = x.shape().dims4();
    let mut out = Array::stale([n, c, oh, ow]);
    let mut winners = Index::stale(out.len());
    let at = winners.as_mut_slice();
    if out.is_empty() {
        return (out, winners);
    }
    let channel = |((y, at), x)| simd::dispatch(Channel { x, y, at, g, input: [h, w], width: ow });
    let (y, x, size) = (out.as_mut_slice(), x.as_slice(), oh * ow);
    if par::threads(2 * x.len()) == 1 {
        y.chunks_exact_mut(size).zip(at.chunks_exact_mut(size)).zip(x.chunks_exact(h * w)).for_each(channel);
    } else {
        let parts = y.par_chunks_exact_mut(size).zip(at.par_chunks_exact_mut(size));
        parts.zip(x.par_chunks_exact(h * w)).with_min_len((channels / 64).max(1)).for_each(channel);
    }
    (out, winners)
}

/// One channel: its pixels, the output, and the output of the indices.
struct Channel<'a, E> {
    x: &'a [E],
    y: &'a mut [E],
    at: &'a mut [u32],
    g: PoolGeometry,
    input: [usize; 2],
    width: usize,
}

impl<E: Elem> simd::Kernel for Channel<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Channel { x, y, at, g, input, width } = self;
        let w = input[1];
        for (i, (y, at)) in y.chunks_exact_mut(width).zip(at.chunks_exact_mut(width)).enumerate() {
            if g == PoolGeometry::default() {
                pair(&x[2 * i * w..][..2 * w], 2 * i * w, y, at);
            } else {
                line(x, g, input, i, y, at);
            }
        }
    }
}

/// Two rows of pixels to one row of the largest of 2 x 2 windows.
#[inline(always)]
fn pair<E: Elem>(x: &[E], first: usize, y: &mut [E], at: &mut [u32]) {
    let w = x.len() / 2;
    let (up, down) = x.split_at(w);
    let cells = up.chunks_exact(2).zip(down.chunks_exact(2));
    for (j, ((y, at), (up, down))) in y.iter_mut().zip(at).zip(cells).enumerate() {
        let (mut best, mut place) = (up[0], 0);
        for (x, p) in [(up[1], 1), (down[0], w as u32), (down[1], w as u32 + 1)] {
            // No short circuit: a branch for each pixel would cost more than the comparison.
            let wins = (x > best) | x.is_nan();
            best = if wins { x } else { best };
            place = if wins { p } else { place };
        }
        *y = best;
        *at = (first + 2 * j) as u32 + place;
    }
}

/// Line `i` of the output, for any geometry.
#[inline(always)]
fn line<E: Elem>(x: &[E], g: PoolGeometry, [h, w]: [usize; 2], i: usize, y: &mut [E], at: &mut [u32]) {
    let rows = g.window(0, i, h);
    for (j, (y, at)) in y.iter_mut().zip(at).enumerate() {
        let columns = g.window(1, j, w);
        let mut place = rows.start * w + columns.start;
        let mut best = x[place];
        for r in rows.clone() {
            for c in columns.clone() {
                let x = x[r * w + c];
                if x > best || x.is_nan() {
                    (best, place) = (x, r * w + c);
                }
            }
        }
        (*y, *at) = (best, place as u32);
    }
}
