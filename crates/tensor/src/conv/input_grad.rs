//! The input gradient, which is also the forward pass of a transposed convolution.

use super::plan::Plan;
use crate::kernels::Scratch;
use crate::{Array, ConvGeometry, Elem, Panels, Shape, par};
use sparring_math::simd::{self, Isa};

/// dx for [`conv2d`](crate::conv2d): the gradient of each output pixel, spread back through the kernel,
/// dx\[n, c, y, x\] = Σ over ky, kx, o with i·sy + ky − py = y, j·sx + kx − px = x of dy\[n, o, i, j\] · w\[o, c, ky, kx\].
///
/// # Shapes
/// `dy` \[n, oc, oh, ow\], `w` \[oc, ic, kh, kw\], `input` \[n, ic, h, w\]; result like `input`.
///
/// # Panics
/// If `dy` is not the shape that [`conv2d`](crate::conv2d) gives for `input`.
///
/// ```
/// use sparring_tensor::{ConvGeometry, Shape, Tensor, conv2d_input_grad};
/// let (dy, w) = (Tensor::from_slice([1, 1, 1, 2], &[1.0, 10.0]), Tensor::from_slice([1, 1, 1, 2], &[2.0, 3.0]));
/// let dx = conv2d_input_grad(&dy, &w, Shape::new(&[1, 1, 1, 3]), ConvGeometry::default());
/// assert_eq!(dx.as_slice(), [2.0, 23.0, 30.0]);
/// ```
#[track_caller]
pub fn conv2d_input_grad<E: Elem>(dy: &Array<E>, w: &Array<E>, input: Shape, g: ConvGeometry) -> Array<E> {
    let plan = Plan::backward("conv2d_input_grad", input, w.shape(), dy.shape(), g);
    let mut dx = Array::stale(input);
    input_grad(simd::isa(), &plan, dy.as_slice(), w.as_slice(), dx.as_mut_slice());
    dx
}

/// The same on slices, with the kernels of one instruction set.
pub(super) fn input_grad<E: Elem>(isa: Isa, p: &Plan, dy: &[E], w: &[E], dx: &mut [E]) {
    let table = E::table(isa);
    let (b, [ic, oc], [h, wd]) = (p.block, p.block.channels(), p.block.input());
    let mut weights = Panels::zeros_for(table, b.depth(), oc);
    b.pack_on(table, w, &mut weights);
    let mut transposed = b.backward_panels_on(isa);
    b.pack_backward_on(isa, &weights, &mut transposed);
    par::for_each_chunk(dx, b.image(), p.work(), |n, out| {
        let mut from = Scratch::<E>::stale(b.result());
        let mut last = Scratch::<E>::stale(b.image());
        let (from, last) = (from.as_mut_slice(), last.as_mut_slice());
        table.transpose(&dy[n * b.result()..], b.pixels(), oc, b.pixels(), from, oc);
        b.input_grad_on(isa, &transposed, from, last);
        table.transpose(last, ic, h * wd, ic, out, h * wd);
    });
}
