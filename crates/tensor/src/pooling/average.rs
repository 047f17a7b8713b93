//! Average pooling; the border counts as zeros (PyTorch's `count_include_pad=True`).

use super::PoolGeometry;
use crate::par::for_each_chunk;
use crate::walk::GRAIN;
use crate::{Array, Elem, Shape};
use sparring_math::simd;

/// `Σ window / (kernel area)`, the border counting as zeros.
///
/// # Shapes
/// `[n, c, h, w]` to `[n, c, oh, ow]` with [`PoolGeometry::output`].
///
/// # Panics
/// If the rank is not 4 or the geometry does not fit.
#[track_caller]
pub fn avg_pool2d<E: Elem>(x: &Array<E>, g: PoolGeometry) -> Array<E> {
    let (_, [h, w], [oh, ow]) = g.extents("avg_pool2d", x.shape());
    let [n, c, ..] = x.shape().dims4();
    let mut out = Array::stale([n, c, oh, ow]);
    let (x, per) = (x.as_slice(), (GRAIN / (h * w)).max(1));
    for_each_chunk(out.as_mut_slice(), per * oh * ow, 4 * x.len(), |k, y| {
        let mut line = Array::stale([w + 2 * g.padding[1]]);
        let channels = y.chunks_exact_mut(oh * ow).zip(x[k * per * h * w..].chunks_exact(h * w));
        for (y, x) in channels {
            simd::dispatch(Average { g, width: ow, size: [h, w], line: line.as_mut_slice(), x, y });
        }
    });
    out
}

/// One channel of an image, unpooled (`x`) and pooled (`y`), and scratch for one of its rows with the border.
struct Average<'a, X, Y, E> {
    g: PoolGeometry,
    width: usize,
    size: [usize; 2],
    line: &'a mut [E],
    x: X,
    y: Y,
}

impl<X, Y, E: Elem> Average<'_, X, Y, E> {
    /// 1 / (kernel area).
    fn scale(&self) -> E {
        E::ONE / E::of((self.g.kernel[0] * self.g.kernel[1]) as f64)
    }
}

/// Sums the rows of each window into a line, then the columns.
impl<E: Elem> simd::Kernel for Average<'_, &[E], &mut [E], E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let (scale, [h, w], g) = (self.scale(), self.size, self.g);
        for (i, y) in self.y.chunks_exact_mut(self.width).enumerate() {
            let rows = g.window(0, i, h);
            self.line.fill(E::ZERO);
            let line = &mut self.line[g.padding[1]..][..w];
            for row in self.x[rows.start * w..rows.end * w].chunks_exact(w) {
                line.iter_mut().zip(row).for_each(|(l, &x)| *l += x);
            }
            y.fill(E::ZERO);
            for c in 0..g.kernel[1] {
                let line = self.line[c..].iter().step_by(g.stride[1]);
                y.iter_mut().zip(line).for_each(|(y, &l)| *y += l);
            }
            y.iter_mut().for_each(|y| *y *= scale);
        }
    }
}

/// Spreads each line of gradients over the columns, then over the rows.
impl<E: Elem> simd::Kernel for Average<'_, &mut [E], &[E], E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let (scale, [h, w], g) = (self.scale(), self.size, self.g);
        self.x.fill(E::ZERO);
        for (i, y) in self.y.chunks_exact(self.width).enumerate() {
            self.line.fill(E::ZERO);
            for c in 0..g.kernel[1] {
                let line = self.line[c..].iter_mut().step_by(g.stride[1]);
                line.zip(y).for_each(|(l, &y)| *l += y * scale);
            }
            let line = &self.line[g.padding[1]..][..w];
            let rows = g.window(0, i, h);
            for row in self.x[rows.start * w..rows.end * w].chunks_exact_mut(w) {
                row.iter_mut().zip(line).for_each(|(x, &l)| *x += l);
            }
        }
    }
}

/// The adjoint of [`avg_pool2d`]: each pixel receives `dy / (kernel area)` from every window it lies in.
///
/// # Shapes
/// `dy: [n, c, oh, ow]`, `input = [n, c, h, w]`; result `[n, c, h, w]`.
///
/// # Panics
/// If `dy` is not what the geometry makes of `input`.
#[track_caller]
pub fn avg_pool2d_grad<E: Elem>(dy: &Array<E>, input: impl Into<Shape>, g: PoolGeometry) -> Array<E> {
    let input = input.into();
    let (_, [h, w], [oh, ow]) = g.extents("avg_pool2d_grad", input);
    let wanted = Shape::from([input[0], input[1], oh, ow]);
    assert!(
        dy.shape() == wanted,
        "avg_pool2d_grad: gradient {} of input {input} must be {wanted}",
        dy.shape()
    );
    let mut out = Array::stale(input);
    let (dy, per) = (dy.as_slice(), (GRAIN / (h * w)).max(1));
    for_each_chunk(out.as_mut_slice(), per * h * w, 4 * input.numel(), |k, x| {
        let mut line = Array::stale([w + 2 * g.padding[1]]);
        let channels = x.chunks_exact_mut(h * w).zip(dy[k * per * oh * ow..].chunks_exact(oh * ow));
        for (x, y) in channels {
            simd::dispatch(Average { g, width: ow, size: [h, w], line: line.as_mut_slice(), x, y });
        }
    });
    out
}
