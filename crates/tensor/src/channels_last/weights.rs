//! Packing of weights from PyTorch's layout, `[oc, ic, kh, kw]`, into panels and back.

use super::ConvBlock;
use crate::kernels::{KernelTable, Scratch};
use crate::{Elem, Panels};
use sparring_math::simd;

impl ConvBlock {
    /// The weight \[oc, ic, kh, kw\] as panels: columns are output channels, rows (ky, kx, c).
    ///
    /// # Panics
    /// If the length does not fit.
    #[track_caller]
    pub fn pack<E: Elem>(&self, w: &[E]) -> Panels<E> {
        let mut panels = Panels::zeros(self.depth(), self.oc);
        self.pack_on(E::table(simd::isa()), w, &mut panels);
        panels
    }
    /// As [`pack`](Self::pack), into existing panels.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn pack_into<E: Elem>(&self, w: &[E], panels: &mut Panels<E>) {
        self.pack_on(E::table(simd::isa()), w, panels);
    }
    /// The inverse of [`pack`](Self::pack), also for a gradient.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn unpack<E: Elem>(&self, panels: &Panels<E>, w: &mut [E]) {
        self.fits(E::table(simd::isa()), panels);
        self.unpack_on(E::table(simd::isa()), panels.as_slice(), w);
    }

    #[track_caller]
    pub(crate) fn pack_on<E: Elem>(&self, table: &KernelTable<E>, w: &[E], panels: &mut Panels<E>) {
        self.fits(table, panels);
        let (depth, width, taps) = (self.depth(), table.panel(), self.kernel[0] * self.kernel[1]);
        assert!(w.len() == self.oc * depth, "conv: {} weights, {self:?}", w.len());
        let mut block = Scratch::<E>::stale(depth * width);
        let block = block.as_mut_slice();
        for (q, panel) in panels.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate() {
            let cols = (self.oc - q * width).min(width);
            // Rows (c, ky, kx) first, then into the order of the image.
            table.transpose(&w[q * width * depth..], depth, cols, depth, block, width);
            for (row, to) in panel.chunks_exact_mut(width).enumerate() {
                let from = row % self.ic * taps + row / self.ic;
                to[..cols].copy_from_slice(&block[from * width..][..cols]);
            }
        }
    }
    /// From the numbers of panels.
    #[track_caller]
    pub(crate) fn unpack_on<E: Elem>(&self, table: &KernelTable<E>, panels: &[E], w: &mut [E]) {
        let (depth, width, taps) = (self.depth(), table.panel(), self.kernel[0] * self.kernel[1]);
        assert!(w.len() == self.oc * depth, "conv: {} weights, {self:?}", w.len());
        let mut block = Scratch::<E>::stale(depth * width);
        let block = block.as_mut_slice();
        for (q, panel) in panels.chunks((depth * width).max(1)).enumerate() {
            let cols = (self.oc - q * width).min(width);
            for (row, from) in panel.chunks_exact(width).enumerate() {
                let to = row % self.ic * taps + row / self.ic;
                block[to * width..][..cols].copy_from_slice(&from[..cols]);
            }
            table.transpose(block, width, depth, cols, &mut w[q * width * depth..], depth);
        }
    }
    #[track_caller]
    pub(super) fn fits<E: Elem>(&self, table: &KernelTable<E>, panels: &Panels<E>) {
        assert!(
            panels.depth() == self.depth() && panels.cols() == self.oc && panels.width() == table.panel(),
            "conv: panels [{}, {}] of width {} do not belong to {self:?}",
            panels.depth(),
            panels.cols(),
            panels.width()
        );
    }
}
