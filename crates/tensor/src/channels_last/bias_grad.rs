//! The bias gradient of a convolution.

use super::ConvBlock;
use crate::Elem;
use sparring_math::simd;

/// Channels summed at a time: one or several registers.
const LANES: usize = 16;

impl ConvBlock {
    /// acc\[o\] += Σ over i, j of dy\[i, j, o\]: an image's sum over its pixels in order, then added.
    ///
    /// # Shapes
    /// `dy` \[oh\]\[ow\]\[oc\] or several images, `acc` \[oc\].
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn bias_grad<E: Elem>(&self, dy: &[E], acc: &mut [E]) {
        assert!(
            acc.len() == self.oc && dy.len().is_multiple_of(self.result().max(1)),
            "conv bias_grad: {} numbers to {} of {self:?}",
            dy.len(),
            acc.len()
        );
        for dy in dy.chunks(self.result().max(1)) {
            simd::dispatch(Sum { dy, acc });
        }
    }
}

struct Sum<'a, E> {
    dy: &'a [E],
    acc: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Sum<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let oc = self.acc.len();
        let (whole, rest) = self.acc.as_chunks_mut::<LANES>();
        for (o, acc) in whole.iter_mut().enumerate() {
            let mut sum = [E::ZERO; LANES];
            for row in self.dy.chunks_exact(oc) {
                let (row, _) = row[o * LANES..].as_chunks::<LANES>();
                for l in 0..LANES {
                    sum[l] += row[0][l];
                }
            }
            for l in 0..LANES {
                acc[l] += sum[l];
            }
        }
        for (o, acc) in (oc - rest.len()..).zip(rest) {
            *acc += self.dy[o..].iter().step_by(oc).copied().fold(E::ZERO, |s, v| s + v);
        }
    }
}
