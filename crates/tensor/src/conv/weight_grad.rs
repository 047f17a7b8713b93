//! The gradient at the kernel.

use super::geometry::Plan;
use super::image::channels_last;
use crate::kernels::{Door, Patch, Scratch, Start};
use crate::pool::Buffer;
use crate::{Array, ConvGeometry, Elem, Shape, par};
use sparring_math::simd;

/// Fewest examples whose gradients are summed as one chain.
const CHUNK: usize = 8;
/// Most chunks, so that their sums stay small beside the batch.
const CHUNKS: usize = 64;

/// dw for [`conv2d`](crate::conv2d): dw\[o, c, ky, kx\] = Σ over n, i, j of dy\[n, o, i, j\] · x\[n, c, i·sy + ky − py, j·sx + kx − px\].
///
/// # Shapes
/// `x` \[n, ic, h, w\], `dy` \[n, oc, oh, ow\], `weight` \[oc, ic, kh, kw\]; result like `weight`.
///
/// # Panics
/// If `dy` is not the shape that [`conv2d`](crate::conv2d) gives for `x` and `weight`.
///
/// ```
/// use sparring_tensor::{ConvGeometry, Shape, Tensor, conv2d_weight_grad};
/// let (x, dy) = (Tensor::from_slice([1, 1, 1, 3], &[1.0, 2.0, 3.0]), Tensor::from_slice([1, 1, 1, 2], &[1.0, 10.0]));
/// let dw = conv2d_weight_grad(&x, &dy, Shape::new(&[1, 1, 1, 2]), ConvGeometry::default());
/// assert_eq!(dw.as_slice(), [21.0, 32.0]);
/// ```
#[track_caller]
pub fn conv2d_weight_grad<E: Elem>(x: &Array<E>, dy: &Array<E>, weight: Shape, g: ConvGeometry) -> Array<E> {
    let plan = Plan::backward("conv2d_weight_grad", x.shape(), weight, dy.shape(), g);
    let mut dw = Array::stale(weight);
    weight_grad(E::door(simd::isa()), &plan, x.as_slice(), dy.as_slice(), dw.as_mut_slice());
    dw
}

/// The same on slices, with the kernels of one instruction set.
pub(super) fn weight_grad<E: Elem>(door: &Door<E>, p: &Plan, x: &[E], dy: &[E], dw: &mut [E]) {
    let taps = p.kernel[0] * p.kernel[1];
    let size = p.depth() * p.oc;
    // From the shape alone, and the chunks' sums are added in order: the result depends neither on threads nor on timing.
    let each = p.n.div_ceil(CHUNKS).max(CHUNK);
    let chunks = p.n.div_ceil(each).max(1);
    let mut parts = Buffer::<E>::stale(chunks * size);
    let work = p.mul_adds() / par::MUL_ADDS_PER_ELEMENT;
    par::for_each_chunk(parts.as_mut_slice(), size.max(1), work, |i, part| {
        chunk(door, p, x, dy, i * each..p.n.min((i + 1) * each), part);
    });
    let (sum, rest) = parts.as_mut_slice().split_at_mut(size);
    for part in rest.chunks(size.max(1)) {
        sum.iter_mut().zip(part).for_each(|(s, &v)| *s += v);
    }
    for o in 0..p.oc {
        for c in 0..p.ic {
            for tap in 0..taps {
                dw[(o * p.ic + c) * taps + tap] = sum[(tap * p.ic + c) * p.oc + o];
            }
        }
    }
}

/// The sum over some images, `[ky][kx][c][o]`.
fn chunk<E: Elem>(
    door: &Door<E>,
    p: &Plan,
    x: &[E],
    dy: &[E],
    images: std::ops::Range<usize>,
    part: &mut [E],
) {
    let ([kh, kw], [oh, ow], [sy, sx]) = (p.kernel, p.output, p.stride);
    let (height, width) = ((oh - 1) * sy + kh, (ow - 1) * sx + kw);
    let (row, pixels) = (width * p.ic, p.pixels());
    // Whole vectors in every row, the last with zeros.
    let ldb = p.oc.next_multiple_of(door.lanes());
    let mut image = Scratch::<E>::stale(height * row);
    let mut last = Scratch::<E>::stale(pixels * ldb);
    let (image, last) = (image.as_mut_slice(), last.as_mut_slice());
    last.fill(E::ZERO);
    part.fill(E::ZERO);
    for n in images {
        channels_last(
            door,
            &x[n * p.image()..(n + 1) * p.image()],
            p.ic,
            p.input,
            p.padding,
            [height, width],
            image,
        );
        door.transpose(&dy[n * p.oc * pixels..], pixels, p.oc, pixels, last, ldb);
        for ky in 0..kh {
            for (m, rows) in door.cut(kw * p.ic) {
                let patch = Patch {
                    data: &image[ky * row + m..],
                    row: 1,
                    step: sx * p.ic,
                    segment: sy * row,
                    segments: oh,
                    k: ow,
                };
                for o in (0..p.oc).step_by(door.panel()) {
                    let cols = (p.oc - o).min(door.panel());
                    let out = &mut part[(ky * kw * p.ic + m) * p.oc + o..];
                    door.tile(rows, cols, patch, &last[o..], ldb, Start::Out, out, p.oc);
                }
            }
        }
    }
}
