//! The gradient at the weight.

use super::ConvBlock;
use super::frame::Framed;
use crate::Elem;
use crate::kernels::{Door, Patch, Scratch, Start};
use sparring_math::simd;

impl ConvBlock {
    /// acc\[(ky, kx, c), o\] += Σ over i, j of dy\[i, j, o\] · x\[i·sy + ky − py, j·sx + kx − px, c\]: each element goes on as one chain, over the pixels
    /// in order, so images may come in one call or in several.
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[ic\], `dy` \[oh\]\[ow\]\[oc\], or several images one after the other; `acc` as long as the numbers of the weight's
    /// [`Panels`](crate::Panels), in their layout.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn weight_grad<E: Elem>(&self, x: &[E], dy: &[E], acc: &mut [E]) {
        self.weight_grad_on(E::door(simd::isa()), x, dy, acc);
    }

    #[track_caller]
    pub(super) fn weight_grad_on<E: Elem>(&self, door: &Door<E>, x: &[E], dy: &[E], acc: &mut [E]) {
        self.images("conv weight_grad", x.len(), dy.len());
        let mut frame = Framed::new(self.ic, self.frame(), self.padding != [0, 0]);
        if x.is_empty() || dy.is_empty() {
            return;
        }
        for (x, dy) in x.chunks(self.image()).zip(dy.chunks(self.result())) {
            let (image, row) = frame.take(x, self.ic, self.input, self.padding);
            self.weight_grad_framed(door, image, row, dy, acc);
        }
    }

    /// One image in its frame, rows `row` numbers apart.
    #[track_caller]
    pub(crate) fn weight_grad_framed<E: Elem>(
        &self,
        door: &Door<E>,
        image: &[E],
        row: usize,
        dy: &[E],
        acc: &mut [E],
    ) {
        let ([kh, kw], [oh, ow], [sy, sx]) = (self.kernel, self.output, self.stride);
        let (width, depth) = (door.panel(), self.depth());
        assert!(
            acc.len() == depth * self.oc.next_multiple_of(width),
            "conv weight_grad: {} numbers for panels of {self:?}",
            acc.len()
        );
        // Whole vectors in every row, the last with zeros.
        let ldb = self.oc.next_multiple_of(door.lanes());
        let mut store = Scratch::<E>::stale(if ldb > self.oc { self.pixels() * ldb } else { 0 });
        let dy = if ldb > self.oc {
            let store = store.as_mut_slice();
            for (to, from) in store.chunks_exact_mut(ldb).zip(dy.chunks_exact(self.oc)) {
                to[..self.oc].copy_from_slice(from);
                to[self.oc..].fill(E::ZERO);
            }
            store
        } else {
            dy
        };
        for (q, acc) in acc.chunks_mut((depth * width).max(1)).enumerate() {
            let cols = (self.oc - q * width).min(width);
            for ky in 0..kh {
                for (m, rows) in door.cut(kw * self.ic) {
                    let patch = Patch {
                        data: &image[ky * row + m..],
                        row: 1,
                        step: sx * self.ic,
                        segment: sy * row,
                        segments: oh,
                        k: ow,
                    };
                    let out = &mut acc[(ky * kw * self.ic + m) * width..];
                    door.tile(rows, cols, patch, &dy[q * width..], ldb, Start::Out, out, width);
                }
            }
        }
    }
}
