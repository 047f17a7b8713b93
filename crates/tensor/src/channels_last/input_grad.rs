//! The input gradient of a convolution.

use super::axis::Axis;
use super::backward::Form;
use super::frame::Framed;
use super::{BackwardPanels, ConvBlock};
use crate::kernels::{ChainStart, KernelTable, Patch};
use crate::{Elem, Panels, Precision};
use sparring_math::simd::{self, Isa};

impl ConvBlock {
    /// dx\[y, x, c\] = Σ over ky, kx, o with i·sy + ky − py = y, j·sx + kx − px = x of dy\[i, j, o\] · w\[(ky, kx, c), o\]: every output pixel's
    /// gradient, spread back through the kernel. One chain with i, j, o ascending; up to four channels a chain over o for each tap, the
    /// taps then added with ky, kx ascending.
    ///
    /// # Shapes
    /// `dy` \[oh\]\[ow\]\[oc\], `dx` \[h\]\[w\]\[ic\]; or several images one after the other.
    ///
    /// # Panics
    /// If a length does not fit or `w` was packed for another block.
    #[track_caller]
    pub fn input_grad<E: Elem>(&self, w: &BackwardPanels<E>, dy: &[E], dx: &mut [E]) {
        self.input_grad_on(simd::isa(), w, dy, dx);
    }

    #[track_caller]
    pub(crate) fn input_grad_on<E: Elem>(&self, isa: Isa, w: &BackwardPanels<E>, dy: &[E], dx: &mut [E]) {
        let (table, sparse) = (E::table(isa), E::sparse(isa));
        self.images("conv input_grad", dx.len(), dy.len());
        self.check_backward_panels(table, w);
        if dy.is_empty() || dx.is_empty() {
            return dx.fill(E::ZERO);
        }
        for (dy, dx) in dy.chunks(self.result()).zip(dx.chunks_mut(self.image())) {
            match (&w.form, &w.tiles) {
                (Form::Narrow(w), _) => self.narrow_input_grad(isa, w.as_slice(), dy, dx),
                // A single product per element costs less than a scan for zeros.
                (_, Some(tiles)) if w.precision == Precision::Bf16 => self.input_grad_in_tiles(tiles, dy, dx),
                (Form::Wide { phases, runs, finite }, tiles) => {
                    if *finite && self.sparse_input_grad(isa, sparse, runs.as_slice(), dy, dx) {
                        continue;
                    }
                    match tiles {
                        Some(tiles) => self.input_grad_in_tiles(tiles, dy, dx),
                        None => self.wide_input_grad(table, phases, dy, dx),
                    }
                }
            }
        }
    }

    fn wide_input_grad<E: Elem>(&self, table: &KernelTable<E>, w: &[Panels<E>], dy: &[E], dx: &mut [E]) {
        let ((top, height), (left, width)) = (Axis::reach(self, 0), Axis::reach(self, 1));
        let extent = [height, width];
        let mut frame = Framed::new(self.oc, extent, [top, left] != [0, 0] || extent != self.output);
        let (image, row) = frame.take(dy, self.oc, self.output, [top, left]);
        let [sy, sx] = self.stride;
        // Pixels that no tap reaches, as between the steps of a 1 x 1 kernel.
        if Axis::pairs(self).any(|(v, u)| v.count * u.count == 0) {
            dx.fill(E::ZERO);
        }
        for ((v, u), weights) in Axis::pairs(self).zip(w) {
            if v.count * u.count == 0 {
                continue;
            }
            for (c, cols, panel) in weights.iter() {
                for i in 0..v.pixels {
                    for (j, rows) in table.cut(u.pixels) {
                        let y0 = i + v.lead + top + 1 - v.count;
                        let x0 = j + u.lead + left + 1 - u.count;
                        let patch = Patch {
                            data: &image[y0 * row + x0 * self.oc..],
                            row: self.oc,
                            step: 1,
                            segment: row,
                            segments: v.count,
                            k: u.count * self.oc,
                        };
                        let to = ((i * sy + v.residue) * self.input[1] + j * sx + u.residue) * self.ic + c;
                        let to = &mut dx[to..];
                        table.tile(
                            rows,
                            cols,
                            patch,
                            panel,
                            table.panel(),
                            ChainStart::Zero,
                            to,
                            sx * self.ic,
                        );
                    }
                }
            }
        }
    }
}
