//! The weight gradient of a convolution.

use super::ConvBlock;
use super::finite::{finite, is_dense};
use super::frame::Framed;
use crate::Elem;
use crate::extent::inside;
use crate::kernels::{ChainStart, Patch, Scratch};
use sparring_math::simd::{self, Isa};

impl ConvBlock {
    /// acc\[(ky, kx, c), o\] += Σ over i, j of dy\[i, j, o\] · x\[i·sy + ky − py, j·sx + kx − px, c\]: each element continues one chain, over the pixels
    /// in order, so images may come in one call or in several. Several in one call are faster where `dy` is mostly zero, as after max pooling.
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[ic\], `dy` \[oh\]\[ow\]\[oc\], or several images one after the other; `acc` as long as the numbers of the weight's
    /// [`Panels`](crate::Panels), in their layout.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn weight_grad<E: Elem>(&self, x: &[E], dy: &[E], acc: &mut [E]) {
        self.weight_grad_on(simd::isa(), x, dy, acc);
    }
    /// As [`weight_grad`](Self::weight_grad) for `n` images that lie `apart` numbers from each other, those of `x` and those of `dy`.
    ///
    /// # Panics
    /// If there are fewer images, or they overlap.
    #[track_caller]
    pub fn weight_grad_of_rows<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        apart: [usize; 2],
        acc: &mut [E],
    ) {
        self.sum_of_rows(simd::isa(), n, x, dy, apart, acc);
    }

    #[track_caller]
    pub(super) fn weight_grad_on<E: Elem>(&self, isa: Isa, x: &[E], dy: &[E], acc: &mut [E]) {
        let n = self.images("conv weight_grad", x.len(), dy.len());
        self.sum_of_rows(isa, n, x, dy, [self.image(), self.result()], acc);
    }

    #[track_caller]
    fn sum_of_rows<E: Elem>(&self, isa: Isa, n: usize, x: &[E], dy: &[E], apart: [usize; 2], acc: &mut [E]) {
        let size = [self.image(), self.result()];
        assert!(
            apart[0] >= size[0] && apart[1] >= size[1],
            "conv weight_grad: images of {size:?} numbers overlap {apart:?} apart"
        );
        inside("conv weight_grad: images", [(n, apart[0]), (size[0], 1)], x.len());
        inside("conv weight_grad: gradients", [(n, apart[1]), (size[1], 1)], dy.len());
        let mut sum = WeightGrad::new(isa, *self, acc);
        if size.contains(&0) {
            return;
        }
        let mut frame = Framed::new(self.ic, self.frame(), self.padding != [0, 0]);
        for i in 0..n {
            let (x, dy) = (&x[i * apart[0]..][..size[0]], &dy[i * apart[1]..][..size[1]]);
            let (image, row) = frame.take(x, self.ic, self.input, self.padding);
            sum.add(image, row, dy);
        }
        sum.finish();
    }
}

/// A running sum over images.
pub(crate) struct WeightGrad<'a, E: Elem> {
    isa: Isa,
    block: ConvBlock,
    /// As panels.
    acc: &'a mut [E],
    /// \[oc\]\[(ky, kx, c)\]; while it is there `acc` is out of date.
    runs: Option<Scratch<E>>,
}

impl<'a, E: Elem> WeightGrad<'a, E> {
    /// Continues the sums in `acc`, in the layout of panels.
    #[track_caller]
    pub fn new(isa: Isa, block: ConvBlock, acc: &'a mut [E]) -> Self {
        let size = block.depth() * block.oc.next_multiple_of(E::table(isa).panel());
        assert!(acc.len() == size, "conv weight_grad: {} numbers for panels of {block:?}", acc.len());
        Self { isa, block, acc, runs: None }
    }
    /// Adds one image, in its frame, rows `row` numbers apart.
    pub fn add(&mut self, image: &[E], row: usize, dy: &[E]) {
        if !self.add_sparse(image, row, dy) {
            self.settle();
            self.add_dense(image, row, dy);
        }
    }
    /// Writes the sum to `acc`.
    pub fn finish(mut self) {
        self.settle();
    }

    fn add_dense(&mut self, image: &[E], row: usize, dy: &[E]) {
        let (table, b) = (E::table(self.isa), &self.block);
        let ([kh, kw], [oh, ow], [sy, sx]) = (b.kernel, b.output, b.stride);
        let (width, depth) = (table.panel(), b.depth());
        // Whole vectors in every row, the last with zeros.
        let ldb = b.oc.next_multiple_of(table.lanes());
        let mut store = Scratch::<E>::stale(if ldb > b.oc { b.pixels() * ldb } else { 0 });
        let dy = if ldb > b.oc {
            let store = store.as_mut_slice();
            for (to, from) in store.chunks_exact_mut(ldb).zip(dy.chunks_exact(b.oc)) {
                to[..b.oc].copy_from_slice(from);
                to[b.oc..].fill(E::ZERO);
            }
            store
        } else {
            dy
        };
        for (q, acc) in self.acc.chunks_mut((depth * width).max(1)).enumerate() {
            let cols = (b.oc - q * width).min(width);
            for ky in 0..kh {
                for (m, rows) in table.cut(kw * b.ic) {
                    let patch = Patch {
                        data: &image[ky * row + m..],
                        row: 1,
                        step: sx * b.ic,
                        segment: sy * row,
                        segments: oh,
                        k: ow,
                    };
                    let out = &mut acc[(ky * kw * b.ic + m) * width..];
                    table.tile(rows, cols, patch, &dy[q * width..], ldb, ChainStart::Out, out, width);
                }
            }
        }
    }

    /// The same result (except for the sign of a zero) from the nonzero values of `dy`: for each channel of the output a list of pixels, and for each row
    /// of taps a run of kw · ic numbers of the image. Does nothing and returns false if there are too many, or if a zero may not be skipped.
    fn add_sparse(&mut self, image: &[E], row: usize, dy: &[E]) -> bool {
        let (table, kernels, b) = (E::table(self.isa), E::sparse(self.isa), &self.block);
        let ([kh, kw], [_, ow], [sy, sx]) = (b.kernel, b.output, b.stride);
        let (most, pixels, run, depth) = (b.most_nonzeros(kernels), b.pixels(), kw * b.ic, b.depth());
        if is_dense(self.isa, dy, most) || !finite(self.isa, image) {
            return false;
        }
        let (width, acc) = (table.panel(), &*self.acc);
        E::lists().with_borrow_mut(|lists| {
            let mut channels_first = Scratch::<E>::stale(b.result());
            let channels_first = channels_first.as_mut_slice();
            table.transpose(dy, b.oc, pixels, b.oc, channels_first, pixels);
            lists.offsets.set((0..pixels).map(|p| (p / ow * sy * row + p % ow * sx * b.ic) as u32));
            if !lists.fill(kernels, channels_first, most) {
                return false;
            }
            let runs = self.runs.get_or_insert_with(|| {
                let mut runs = Scratch::stale(b.oc * depth);
                for (q, acc) in acc.chunks((depth * width).max(1)).enumerate() {
                    let cols = (b.oc - q * width).min(width);
                    let to = &mut runs.as_mut_slice()[q * width * depth..];
                    table.transpose(acc, width, depth, cols, to, depth);
                }
                runs
            });
            for (o, acc) in runs.as_mut_slice().chunks_mut(depth).enumerate() {
                for (ky, acc) in acc.chunks_mut(run).enumerate().take(kh) {
                    kernels.add(&lists.nonzeros, lists.group(o), &image[ky * row..], acc);
                }
            }
            true
        })
    }

    fn settle(&mut self) {
        let Some(mut runs) = self.runs.take() else { return };
        let (table, depth, oc) = (E::table(self.isa), self.block.depth(), self.block.oc);
        let width = table.panel();
        for (q, acc) in self.acc.chunks_mut((depth * width).max(1)).enumerate() {
            let cols = (oc - q * width).min(width);
            let from = &runs.as_mut_slice()[q * width * depth..];
            table.transpose(from, depth, cols, depth, acc, width);
        }
    }
}
