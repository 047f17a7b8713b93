//! The gradient at the image, which is also the forward pass of a transposed convolution.

use super::geometry::Plan;
use super::image::channels_last;
use super::narrow;
use crate::kernels::{Door, Patch, Scratch, Start};
use crate::panels::Panels;
use crate::{Array, ConvGeometry, Elem, Shape, par};
use sparring_math::simd;

/// dx for [`conv2d`](crate::conv2d): every output pixel's gradient, spread back through the kernel,
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
    input_grad(E::door(simd::isa()), &plan, dy.as_slice(), w.as_slice(), dx.as_mut_slice());
    dx
}

/// The taps that reach the pixels ≡ `residue` modulo the stride along one axis: k = first + stride · t, t < count. Pixel
/// residue + stride · u then sees output positions u + lead − (count − 1) ..= u + lead.
#[derive(Clone, Copy)]
struct Axis {
    residue: usize,
    pixels: usize,
    first: usize,
    count: usize,
    lead: usize,
}

impl Axis {
    fn all(p: &Plan, d: usize) -> Vec<Self> {
        let (s, pad, kernel) = (p.stride[d], p.padding[d], p.kernel[d]);
        let axis = |residue: usize| Self {
            residue,
            pixels: (p.input[d] - residue).div_ceil(s),
            first: (residue + pad) % s,
            count: kernel.saturating_sub((residue + pad) % s).div_ceil(s),
            lead: (residue + pad) / s,
        };
        (0..s.min(p.input[d])).map(axis).collect()
    }
    /// Zeros needed before and positions after `-before` that are read.
    fn reach(axes: &[Self]) -> (usize, usize) {
        let before = axes.iter().map(|a| (a.count.max(1) - 1).saturating_sub(a.lead)).max().unwrap_or(0);
        let end = axes.iter().map(|a| a.pixels + a.lead).max().unwrap_or(0);
        (before, before + end)
    }
}

/// The same on slices, with the kernels of one instruction set. With stride s the pixels fall into s · s classes, each a convolution
/// of stride 1 with the taps that reach it.
pub(super) fn input_grad<E: Elem>(door: &Door<E>, p: &Plan, dy: &[E], w: &[E], dx: &mut [E]) {
    if p.ic <= narrow::NARROW {
        return narrow::input_grad(door, p, dy, w, dx);
    }
    let ([kh, kw], [h, wd], [sy, sx]) = (p.kernel, p.input, p.stride);
    let (vertical, horizontal) = (Axis::all(p, 0), Axis::all(p, 1));
    let ((top, height), (left, width)) = (Axis::reach(&vertical), Axis::reach(&horizontal));
    let mut phases = Vec::new();
    for &v in &vertical {
        for &u in &horizontal {
            // Rows and columns of taps backwards: output positions then ascend.
            let weights = Panels::new(door, v.count * u.count * p.oc, p.ic, |row, c| {
                let (o, tap) = (row % p.oc, row / p.oc);
                let ky = v.first + (v.count - 1 - tap / u.count) * sy;
                let kx = u.first + (u.count - 1 - tap % u.count) * sx;
                w[((o * p.ic + c) * kh + ky) * kw + kx]
            });
            phases.push((v, u, weights));
        }
    }
    let row = width * p.oc;
    let planes = p.oc * p.pixels();
    let work = p.mul_adds() / par::MUL_ADDS_PER_ELEMENT;
    par::for_each_chunk(dx, p.image(), work, |n, out| {
        let mut image = Scratch::<E>::stale(height * row);
        let mut last = Scratch::<E>::stale(p.image());
        let (image, last) = (image.as_mut_slice(), last.as_mut_slice());
        channels_last(
            door,
            &dy[n * planes..(n + 1) * planes],
            p.oc,
            p.output,
            [top, left],
            [height, width],
            image,
        );
        for (v, u, weights) in &phases {
            for i in 0..v.pixels {
                for (j, rows) in door.cut(u.pixels) {
                    let y0 = i + v.lead + top + 1 - v.count.max(1);
                    let x0 = j + u.lead + left + 1 - u.count.max(1);
                    let taps = v.count * u.count > 0;
                    let patch = Patch {
                        data: &image[(y0 * width + x0) * p.oc..],
                        row: p.oc,
                        step: 1,
                        segment: row,
                        segments: if taps { v.count } else { 0 },
                        k: u.count * p.oc,
                    };
                    let to = ((i * sy + v.residue) * wd + j * sx + u.residue) * p.ic;
                    for (c, cols, panel) in weights.iter() {
                        let c_out = &mut last[to + c..];
                        door.tile(rows, cols, patch, panel, weights.width(), Start::Zero, c_out, sx * p.ic);
                    }
                }
            }
        }
        door.transpose(last, p.ic, h * wd, p.ic, out, h * wd);
    });
}
