//! The gradient at images of few channels: a vector of channels would be almost empty, so pixels fill the vectors.

use super::ConvBlock;
use crate::Elem;
use crate::kernels::{Door, Patch, Scratch, Start};

/// Up to this many channels this way is the faster one.
pub(super) const NARROW: usize = 4;

impl ConvBlock {
    /// First every tap's product with every output pixel, \[(ky, kx, c)\]\[oh · ow\]; then each pixel of the image collects the taps that
    /// reached it, in order of (ky, kx). `w` is \[oc\]\[(ky, kx, c)\].
    pub(super) fn narrow_input_grad<E: Elem>(&self, door: &Door<E>, w: &[E], dy: &[E], dx: &mut [E]) {
        let (depth, pixels, width) = (self.depth(), self.pixels(), door.panel());
        let mut spread = Scratch::<E>::stale(depth * pixels);
        let mut block = Scratch::<E>::stale(self.oc * width);
        let (spread, block) = (spread.as_mut_slice(), block.as_mut_slice());
        for p in (0..pixels).step_by(width) {
            let cols = (pixels - p).min(width);
            if cols < width {
                block.fill(E::ZERO);
            }
            door.transpose(&dy[p * self.oc..], self.oc, cols, self.oc, block, width);
            for (m, rows) in door.cut(depth) {
                let patch = Patch { data: &w[m..], row: 1, step: depth, segment: 0, segments: 1, k: self.oc };
                let to = &mut spread[m * pixels + p..];
                door.tile(rows, cols, patch, block, width, Start::Zero, to, pixels);
            }
        }
        self.collect(spread, dx);
    }

    /// The image from its taps \[(ky, kx, c)\]\[oh · ow\].
    fn collect<E: Elem>(&self, spread: &[E], dx: &mut [E]) {
        let ([kh, kw], [oh, ow], [sy, sx], py) = (self.kernel, self.output, self.stride, self.padding[0]);
        let width = self.input[1];
        // Columns of one residue modulo the stride lie next to each other here.
        let room = width.div_ceil(sx);
        let mut row = Scratch::<E>::stale(sx * room);
        let row = row.as_mut_slice();
        for (y, out) in dx.chunks_mut(width * self.ic).enumerate() {
            for c in 0..self.ic {
                row.fill(E::ZERO);
                for ky in ((y + py) % sy..kh.min(y + py + 1)).step_by(sy) {
                    let i = (y + py - ky) / sy;
                    if i >= oh {
                        continue;
                    }
                    for kx in 0..kw {
                        let r = Reach::new(self, kx);
                        if r.from < r.to {
                            let tap = (ky * kw + kx) * self.ic + c;
                            let from = &spread[(tap * oh + i) * ow..][r.from..r.to];
                            let at = r.residue * room + r.ahead;
                            row[at..at + from.len()].iter_mut().zip(from).for_each(|(a, &v)| *a += v);
                        }
                    }
                }
                if sx * self.ic == 1 {
                    out.copy_from_slice(row);
                    continue;
                }
                for (residue, row) in row.chunks(room).enumerate().take(width) {
                    let out = out[residue * self.ic + c..].iter_mut().step_by(sx * self.ic);
                    out.zip(row).for_each(|(o, &v)| *o = v);
                }
            }
        }
    }
}

/// The columns of the image that one horizontal tap reaches: position `from` + t, below `to`, goes to column `residue` + stride · (`ahead` + t).
#[derive(Clone, Copy)]
struct Reach {
    residue: usize,
    ahead: usize,
    from: usize,
    to: usize,
}

impl Reach {
    fn new(b: &ConvBlock, kx: usize) -> Self {
        let (sx, px, ow, width) = (b.stride[1], b.padding[1], b.output[1], b.input[1]);
        // Position j stands over column j·sx + kx − px.
        let from = px.saturating_sub(kx).div_ceil(sx);
        let first = from * sx + kx - px;
        let to = if first >= width { from } else { ow.min(from + (width - first).div_ceil(sx)) };
        Self { residue: first % sx, ahead: first / sx, from, to }
    }
}
