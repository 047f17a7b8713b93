//! The gradient at images of few channels: a vector of channels would be almost empty, so pixels fill the vectors.

use super::geometry::Plan;
use crate::kernels::{Door, Scratch, Start, product};
use crate::{Elem, Mat, MatMut, par};

/// Up to this many channels this way is the faster one.
pub(super) const NARROW: usize = 4;

/// First every tap's product with every output pixel, wᵀ · dy, \[c·kh·kw, oh·ow\]; then each pixel of the image collects the taps that
/// reached it, in order of (ky, kx).
pub(super) fn input_grad<E: Elem>(door: &Door<E>, p: &Plan, dy: &[E], w: &[E], dx: &mut [E]) {
    let (depth, pixels, taps) = (p.depth(), p.pixels(), p.kernel[0] * p.kernel[1]);
    let plane = p.input[0] * p.input[1];
    let reaches: Vec<Reach> = (0..p.kernel[1]).map(|kx| Reach::new(p, kx)).collect();
    let work = p.mul_adds() / par::MUL_ADDS_PER_ELEMENT;
    par::for_each_chunk(dx, p.image(), work, |n, out| {
        let mut spread = Scratch::<E>::stale(depth * pixels);
        let spread = spread.as_mut_slice();
        let dy = Mat::new(&dy[n * p.oc * pixels..], p.oc, pixels);
        product(door, Mat::new(w, p.oc, depth).t(), dy, Start::Zero, MatMut::new(spread, depth, pixels));
        for (c, out) in out.chunks_mut(plane).enumerate() {
            collect(p, &reaches, &spread[c * taps * pixels..(c + 1) * taps * pixels], out);
        }
    });
}

/// The columns of the image that one horizontal tap reaches: position `from` + t, below `to`, goes to column `residue` + stride · (`ahead` + t).
#[derive(Clone, Copy)]
struct Reach {
    residue: usize,
    ahead: usize,
    from: usize,
    to: usize,
}

/// One plane of the image from its taps \[kh·kw, oh·ow\].
fn collect<E: Elem>(p: &Plan, reaches: &[Reach], spread: &[E], out: &mut [E]) {
    let ([kh, kw], [oh, ow], [sy, sx], py) = (p.kernel, p.output, p.stride, p.padding[0]);
    let width = p.input[1];
    // Columns of one residue modulo the stride lie next to each other here.
    let room = width.div_ceil(sx);
    let mut row = Scratch::<E>::stale(sx * room);
    let row = row.as_mut_slice();
    for (y, out) in out.chunks_mut(width).enumerate() {
        row.fill(E::ZERO);
        for ky in ((y + py) % sy..kh.min(y + py + 1)).step_by(sy) {
            let i = (y + py - ky) / sy;
            if i >= oh {
                continue;
            }
            for (kx, r) in reaches.iter().enumerate() {
                if r.from < r.to {
                    let from = &spread[((ky * kw + kx) * oh + i) * ow..][r.from..r.to];
                    let at = r.residue * room + r.ahead;
                    row[at..at + from.len()].iter_mut().zip(from).for_each(|(a, &v)| *a += v);
                }
            }
        }
        if sx == 1 {
            out.copy_from_slice(row);
        } else {
            for (residue, row) in row.chunks(room).enumerate().take(width) {
                out[residue..].iter_mut().step_by(sx).zip(row).for_each(|(o, &v)| *o = v);
            }
        }
    }
}

impl Reach {
    fn new(p: &Plan, kx: usize) -> Self {
        let (sx, px, ow, width) = (p.stride[1], p.padding[1], p.output[1], p.input[1]);
        // Position j stands over column j·sx + kx − px.
        let from = px.saturating_sub(kx).div_ceil(sx);
        let first = from * sx + kx - px;
        let to = if first >= width { from } else { ow.min(from + (width - first).div_ceil(sx)) };
        Self { residue: first % sx, ahead: first / sx, from, to }
    }
}
