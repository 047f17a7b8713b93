//! Cross-correlation with the kernel: the forward pass.

use super::geometry::Plan;
use super::image::channels_last;
use crate::kernels::{Door, Patch, Scratch, Start};
use crate::panels::Panels;
use crate::{Array, ConvGeometry, Elem, par};
use sparring_math::simd;

/// y\[n, o, i, j\] = b\[o\] + Σ over ky, kx, c of x\[n, c, i·sy + ky − py, j·sx + kx − px\] · w\[o, c, ky, kx\], with zeros outside the image.
///
/// # Shapes
/// `x` \[n, ic, h, w\], `w` \[oc, ic, kh, kw\], `bias` \[oc\]; result \[n, oc, oh, ow\] with [`ConvGeometry::output`].
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use sparring_tensor::{ConvGeometry, Tensor, conv2d};
/// let (x, w) = (Tensor::from_fn([1, 1, 3, 3], |i| i as f32), Tensor::ones([1, 1, 2, 2]));
/// assert_eq!(conv2d(&x, &w, None, ConvGeometry::default()).as_slice(), [8.0, 12.0, 20.0, 24.0]);
/// ```
#[track_caller]
pub fn conv2d<E: Elem>(x: &Array<E>, w: &Array<E>, bias: Option<&Array<E>>, g: ConvGeometry) -> Array<E> {
    let plan = Plan::new("conv2d", x.shape(), w.shape(), g);
    if let Some(b) = bias {
        let (bs, ws) = (b.shape(), w.shape());
        assert!(*bs.dims() == [plan.oc], "conv2d: bias {bs} does not fit weight {ws}");
    }
    let mut y = Array::stale([plan.n, plan.oc, plan.output[0], plan.output[1]]);
    forward(
        E::door(simd::isa()),
        &plan,
        x.as_slice(),
        w.as_slice(),
        bias.map(Array::as_slice),
        y.as_mut_slice(),
    );
    y
}

/// The same on slices, with the kernels of one instruction set.
pub(super) fn forward<E: Elem>(door: &Door<E>, p: &Plan, x: &[E], w: &[E], bias: Option<&[E]>, y: &mut [E]) {
    let ([kh, kw], [oh, ow], [sy, sx]) = (p.kernel, p.output, p.stride);
    let weights = Panels::new(door, p.depth(), p.oc, |row, o| {
        let (c, tap) = (row % p.ic, row / p.ic);
        w[(o * p.ic + c) * kh * kw + tap]
    });
    let (height, width) = ((oh - 1) * sy + kh, (ow - 1) * sx + kw);
    let (pixels, row) = (p.pixels(), width * p.ic);
    let work = p.mul_adds() / par::MUL_ADDS_PER_ELEMENT;
    par::for_each_chunk(y, p.oc * pixels, work, |n, out| {
        let mut image = Scratch::<E>::stale(height * row);
        let mut last = Scratch::<E>::stale(pixels * p.oc);
        let (image, last) = (image.as_mut_slice(), last.as_mut_slice());
        channels_last(
            door,
            &x[n * p.image()..(n + 1) * p.image()],
            p.ic,
            p.input,
            p.padding,
            [height, width],
            image,
        );
        for i in 0..oh {
            for (j, rows) in door.cut(ow) {
                let patch = Patch {
                    data: &image[(i * sy * width + j * sx) * p.ic..],
                    row: sx * p.ic,
                    step: 1,
                    segment: row,
                    segments: kh,
                    k: kw * p.ic,
                };
                let to = (i * ow + j) * p.oc;
                for (o, cols, panel) in weights.iter() {
                    let start = bias.map_or(Start::Zero, |b| Start::Row(&b[o..]));
                    door.tile(rows, cols, patch, panel, weights.width(), start, &mut last[to + o..], p.oc);
                }
            }
        }
        door.transpose(last, p.oc, pixels, p.oc, out, pixels);
    });
}
