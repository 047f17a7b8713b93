//! The forward pass: cross-correlation with the kernel.

use super::plan::Plan;
use crate::channels_last::from_channels_first;
use crate::kernels::Scratch;
use crate::{Array, ConvGeometry, Elem, Panels, par};
use sparring_math::simd::{self, Isa};

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
        assert!(*bs.dims() == [plan.block.channels()[1]], "conv2d: bias {bs} does not fit weight {ws}");
    }
    let mut y = Array::stale(plan.result());
    forward(simd::isa(), &plan, x.as_slice(), w.as_slice(), bias.map(Array::as_slice), y.as_mut_slice());
    y
}

/// The same on slices, with the kernels of one instruction set.
pub(super) fn forward<E: Elem>(isa: Isa, p: &Plan, x: &[E], w: &[E], bias: Option<&[E]>, y: &mut [E]) {
    let table = E::table(isa);
    let (b, [ic, oc], frame) = (p.block, p.block.channels(), p.block.frame());
    let mut weights = Panels::zeros_for(table, b.depth(), oc);
    b.pack_on(table, w, &mut weights);
    par::for_each_chunk(y, b.result(), p.work(), |n, out| {
        let mut image = Scratch::<E>::stale(frame[0] * frame[1] * ic);
        let mut last = Scratch::<E>::stale(b.result());
        let (image, last) = (image.as_mut_slice(), last.as_mut_slice());
        from_channels_first(
            table,
            &x[n * b.image()..][..b.image()],
            ic,
            b.input(),
            b.padding(),
            frame,
            image,
        );
        b.forward_framed(table, &weights, bias, image, frame[1] * ic, last);
        table.transpose(last, oc, b.pixels(), oc, out, b.pixels());
    });
}
