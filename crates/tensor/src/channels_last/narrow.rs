//! The input gradient for images of few channels: vectorised over pixels, since a vector of channels would be almost empty.

use super::ConvBlock;
use crate::Elem;
use crate::extent::allocatable;
use crate::kernels::{ChainStart, Patch, Scratch};
use sparring_math::simd::{self, Isa};

/// Up to this many channels this kernel is the faster one.
pub(super) const NARROW: usize = 4;

impl ConvBlock {
    /// First every tap's product with every output pixel, \[(ky, kx, c)\]\[oh · ow\]; then each pixel of the image collects the taps that
    /// reached it, in order of (ky, kx). `w` is \[oc\]\[(ky, kx, c)\].
    pub(super) fn narrow_input_grad<E: Elem>(&self, isa: Isa, w: &[E], dy: &[E], dx: &mut [E]) {
        let table = E::table(isa);
        let (depth, pixels, width) = (self.depth(), self.pixels(), table.panel());
        // A vector may begin before the first position of a tap and end after its last.
        let before = self.kernel[1];
        let mut spread = Scratch::<E>::stale(
            allocatable("conv input_grad", &[depth, pixels]).saturating_add(before).saturating_add(LANES),
        );
        let mut block = Scratch::<E>::stale(self.oc * width);
        let (spread, block) = (spread.as_mut_slice(), block.as_mut_slice());
        for p in (0..pixels).step_by(width) {
            let cols = (pixels - p).min(width);
            if cols < width {
                block.fill(E::ZERO);
            }
            table.transpose(&dy[p * self.oc..], self.oc, cols, self.oc, block, width);
            for (m, rows) in table.cut(depth) {
                let patch = Patch { data: &w[m..], row: 1, step: depth, segment: 0, segments: 1, k: self.oc };
                let to = &mut spread[before + m * pixels + p..];
                table.tile(rows, cols, patch, block, width, ChainStart::Zero, to, pixels);
            }
        }
        simd::dispatch_on(isa, Collect { block: self, spread, before, dx });
    }
}

/// Pixels collected at a time.
const LANES: usize = 16;

/// The image from its taps, \[(ky, kx, c)\]\[oh · ow\] from offset `before` on.
struct Collect<'a, E> {
    block: &'a ConvBlock,
    spread: &'a [E],
    before: usize,
    dx: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Collect<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let b = self.block;
        let ([oh, _], [sy, sx], [py, _]) = (b.output, b.stride, b.padding);
        let (width, kh) = (b.input[1], b.kernel[0]);
        // Columns of one residue modulo the stride lie next to each other here, the last vector whole.
        let line = width.div_ceil(sx).next_multiple_of(LANES);
        let mut row = Scratch::<E>::stale(sx * line);
        let row = row.as_mut_slice();
        for (y, out) in self.dx.chunks_mut(width * b.ic).enumerate() {
            let taps = ((y + py) % sy..kh.min(y + py + 1)).step_by(sy);
            let taps = taps.map(|ky| (ky, (y + py - ky) / sy)).filter(|&(_, i)| i < oh);
            for c in 0..b.ic {
                for (residue, row) in row.chunks_exact_mut(line).enumerate().take(width) {
                    for (v, to) in row.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                        *to = vector(b, self.spread, self.before, taps.clone(), c, residue, v * LANES);
                    }
                }
                match (sx, b.ic) {
                    (1, 1) => out.copy_from_slice(&row[..width]),
                    (2, 1) => {
                        let (even, odd) = row.split_at(line);
                        let (pairs, rest) = out.as_chunks_mut();
                        rest.iter_mut().for_each(|o| *o = even[pairs.len()]);
                        pairs.iter_mut().zip(even.iter().zip(odd)).for_each(|(o, (&e, &d))| *o = [e, d]);
                    }
                    _ => {
                        for (residue, row) in row.chunks_exact(line).enumerate().take(width) {
                            let out = out[residue * b.ic + c..].iter_mut().step_by(sx * b.ic);
                            out.zip(row).for_each(|(o, &v)| *o = v);
                        }
                    }
                }
            }
        }
    }
}

/// The sums at columns `residue` + stride · (`first` + t), of the taps (ky, the output's row that it reaches).
#[inline(always)]
fn vector<E: Elem>(
    b: &ConvBlock,
    spread: &[E],
    before: usize,
    taps: impl Iterator<Item = (usize, usize)>,
    c: usize,
    residue: usize,
    first: usize,
) -> [E; LANES] {
    let ([oh, ow], sx, px, kw) = (b.output, b.stride[1], b.padding[1], b.kernel[1]);
    let mut sum = [E::ZERO; LANES];
    // Lane t of the n-th tap stands over position `from` + t - n, if there is such a position.
    let (from, nearest) = (first + (residue + px) / sx, (residue + px) % sx);
    for (ky, i) in taps {
        for (n, kx) in (nearest..kw).step_by(sx).enumerate() {
            let (tap, at) = ((ky * kw + kx) * b.ic + c, (from + kw - n).min(kw + ow));
            let values = &spread[before + (tap * oh + i) * ow + at - kw..];
            // All are read, so that the selection needs no branch.
            let values: [E; LANES] = *values.first_chunk().expect("a whole vector");
            let ahead = (at as u32).wrapping_sub(kw as u32);
            let there: [bool; LANES] = std::array::from_fn(|t| ahead.wrapping_add(t as u32) < ow as u32);
            for t in 0..LANES {
                sum[t] += if there[t] { values[t] } else { E::ZERO };
            }
        }
    }
    sum
}
