//! The forward pass.

use super::ConvBlock;
use super::frame::Framed;
use crate::kernels::{ChainStart, KernelTable, Patch};
use crate::{Elem, Panels};
use sparring_math::simd::{self, Isa};

impl ConvBlock {
    /// y\[i, j, o\] = b\[o\] + Σ over ky, kx, c of x\[i·sy + ky − py, j·sx + kx − px, c\] · w\[(ky, kx, c), o\], with zeros outside the image;
    /// one chain of multiply-adds in this order.
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[ic\], `bias` \[oc\], `y` \[oh\]\[ow\]\[oc\]; or several images one after the other.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn forward<E: Elem>(&self, w: &Panels<E>, bias: Option<&[E]>, x: &[E], y: &mut [E]) {
        self.forward_on(simd::isa(), w, bias, x, y);
    }

    #[track_caller]
    pub(super) fn forward_on<E: Elem>(
        &self,
        isa: Isa,
        w: &Panels<E>,
        bias: Option<&[E]>,
        x: &[E],
        y: &mut [E],
    ) {
        let table = E::table(isa);
        let (n, image, result) = (self.images("conv forward", x.len(), y.len()), self.image(), self.result());
        self.fits(table, w);
        self.biased("conv forward", bias);
        let mut frame = Framed::new(self.ic, self.frame(), self.padding != [0, 0]);
        if y.is_empty() {
            return;
        }
        for i in 0..n {
            let (x, y) = (&x[i * image..][..image], &mut y[i * result..][..result]);
            let (image, row) = frame.take(x, self.ic, self.input, self.padding);
            self.forward_framed(table, w, bias, image, row, y);
        }
    }

    /// One image in its frame, rows `row` numbers apart.
    #[track_caller]
    pub(crate) fn forward_framed<E: Elem>(
        &self,
        table: &KernelTable<E>,
        w: &Panels<E>,
        bias: Option<&[E]>,
        image: &[E],
        row: usize,
        y: &mut [E],
    ) {
        self.fits(table, w);
        let ([oh, ow], [sy, sx]) = (self.output, self.stride);
        for (o, cols, panel) in w.iter() {
            let start = bias.map_or(ChainStart::Zero, |b| ChainStart::Row(&b[o..]));
            for i in 0..oh {
                for (j, rows) in table.cut(ow) {
                    let patch = Patch {
                        data: &image[i * sy * row + j * sx * self.ic..],
                        row: sx * self.ic,
                        step: 1,
                        segment: row,
                        segments: self.kernel[0],
                        k: self.kernel[1] * self.ic,
                    };
                    let to = &mut y[(i * ow + j) * self.oc + o..];
                    table.tile(rows, cols, patch, panel, w.width(), start, to, self.oc);
                }
            }
        }
    }
}
