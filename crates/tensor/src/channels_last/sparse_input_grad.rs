//! The input gradient for an output gradient that is mostly zero, as after max pooling: each nonzero value is spread through the
//! kernel, one run of kw · ic numbers for each row of taps.

use super::ConvBlock;
use super::finite::is_dense;
use crate::Elem;
use crate::kernels::{Scratch, Sparse};
use sparring_math::simd::Isa;

impl ConvBlock {
    /// Number of nonzero values from which on the dense kernel is the faster one; 0: always.
    pub(super) fn most_nonzeros<E: Elem>(&self, kernels: &Sparse<E>) -> usize {
        let run = self.kernel[1] * self.ic;
        // Offsets in an image, with its border or without, and in the weight have 32 bits.
        let frame = self.frame().into_iter().product::<usize>() * self.ic;
        let places = self.image().max(frame).max(self.oc * self.depth());
        if !run.is_multiple_of(kernels.lanes()) || places > u32::MAX as usize {
            return 0;
        }
        // Measured: registers of 64 bytes gain more from tiles than from lists. Short runs wait for each other.
        let eighths = if kernels.lanes() * size_of::<E>() >= 64 { 3 } else { 4 };
        let registers = run / kernels.lanes();
        self.result() / 8 * eighths * registers.min(8) / 8
    }

    /// As the dense kernel, bit for bit (except for the sign of a zero), for weights \[ky\]\[o\]\[(kx, c)\] that are finite. Does nothing and returns false if `dy` is too dense.
    pub(super) fn sparse_input_grad<E: Elem>(
        &self,
        isa: Isa,
        kernels: &Sparse<E>,
        w: &[E],
        dy: &[E],
        dx: &mut [E],
    ) -> bool {
        let most = self.most_nonzeros(kernels);
        if is_dense(isa, dy, most) {
            return false;
        }
        let ([kh, kw], [oh, ow], [sy, sx]) = (self.kernel, self.output, self.stride);
        let ([h, wd], [py, px]) = (self.input, self.padding);
        let ([height, width], run) = (self.frame(), kw * self.ic);
        E::lists().with_borrow_mut(|lists| {
            lists.offsets.set((0..self.oc).map(|o| (o * run) as u32));
            if !lists.fill(kernels, dy, most) {
                return false;
            }
            let mut frame = Scratch::<E>::stale(height * width * self.ic);
            let frame = frame.as_mut_slice();
            frame.fill(E::ZERO);
            // The last tap first: a pixel then sees output positions ascend.
            for ky in (0..kh).rev() {
                let w = &w[ky * self.oc * run..][..self.oc * run];
                for i in (0..oh).filter(|i| (py..py + h).contains(&(i * sy + ky))) {
                    for j in 0..ow {
                        let acc = &mut frame[((i * sy + ky) * width + j * sx) * self.ic..][..run];
                        kernels.add(&lists.nonzeros, lists.group(i * ow + j), w, acc);
                    }
                }
            }
            let cols = wd.min(width.saturating_sub(px));
            for (y, out) in dx.chunks_mut(wd * self.ic).enumerate() {
                let seen = if y + py < height { cols * self.ic } else { 0 };
                let (inside, outside) = out.split_at_mut(seen);
                if seen > 0 {
                    inside.copy_from_slice(&frame[((y + py) * width + px) * self.ic..][..seen]);
                }
                outside.fill(E::ZERO);
            }
            true
        })
    }
}
