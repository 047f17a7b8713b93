//! The gradient at the kernel.

use super::plan::Plan;
use crate::channels_last::{ConvBlock, WeightGrad, from_channels_first};
use crate::extent::allocatable;
use crate::kernels::Scratch;
use crate::pool::Buffer;
use crate::{Array, ConvGeometry, Elem, Shape, par};
use sparring_math::simd::{self, Isa};
use std::ops::Range;

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
    weight_grad(simd::isa(), &plan, x.as_slice(), dy.as_slice(), dw.as_mut_slice());
    dw
}

/// The same on slices, with the kernels of one instruction set.
pub(super) fn weight_grad<E: Elem>(isa: Isa, p: &Plan, x: &[E], dy: &[E], dw: &mut [E]) {
    let (table, b) = (E::table(isa), p.block);
    let size = b.depth() * b.channels()[1].next_multiple_of(table.panel());
    // From the shape alone, and the chunks' sums are added in order: the result depends neither on threads nor on timing.
    let each = p.n.div_ceil(CHUNKS).max(CHUNK);
    let chunks = p.n.div_ceil(each).max(1);
    let mut parts = Buffer::<E>::stale(allocatable("conv2d_weight_grad", &[chunks, size]));
    par::for_each_chunk(parts.as_mut_slice(), size.max(1), p.work(), |i, part| {
        chunk(isa, &b, x, dy, i * each..p.n.min((i + 1) * each), part);
    });
    let (sum, rest) = parts.as_mut_slice().split_at_mut(size);
    for part in rest.chunks(size.max(1)) {
        sum.iter_mut().zip(part).for_each(|(s, &v)| *s += v);
    }
    b.unpack_on(table, sum, dw);
}

/// The sum over some images, as panels.
fn chunk<E: Elem>(isa: Isa, b: &ConvBlock, x: &[E], dy: &[E], images: Range<usize>, part: &mut [E]) {
    let (table, [ic, oc], frame) = (E::table(isa), b.channels(), b.frame());
    let mut image = Scratch::<E>::stale(frame[0] * frame[1] * ic);
    let mut last = Scratch::<E>::stale(b.result());
    let (image, last) = (image.as_mut_slice(), last.as_mut_slice());
    part.fill(E::ZERO);
    let mut sum = WeightGrad::new(isa, *b, part);
    for n in images {
        from_channels_first(
            table,
            &x[n * b.image()..][..b.image()],
            ic,
            b.input(),
            b.padding(),
            frame,
            image,
        );
        table.transpose(&dy[n * b.result()..], b.pixels(), oc, b.pixels(), last, oc);
        sum.add(image, frame[1] * ic, last);
    }
    sum.finish();
}
