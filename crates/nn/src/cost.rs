//! What a network asks of the machine, and the most it may: a specification may come from a file that somebody made up, so what flows
//! between its layers is bounded before anything is allocated.

use crate::engine::cuts_by_columns;
use crate::{NnError, ShapeError};

/// Memory and work of one example's way through a network. Weights are counted by [`packed`](Self::packed), all else an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Numbers in the outputs of all layers.
    pub activations: u64,
    /// Numbers in the largest scratch buffer of a layer: images with their border of zeros, products before they are summed.
    pub workspace: u64,
    /// Numbers in the weights as kernels read them, for both ways, filled up to whole vectors.
    pub packed: u64,
    /// Numbers of the weight gradients that each shard sums by itself: those of convolutions.
    pub shard_sums: u64,
    /// Numbers of one example in the copies of the input that a first matmul cut by columns makes, one for each panel at most.
    pub copies: u64,
    /// Multiply-adds on the way forward; of a pooling, numbers read.
    pub mul_adds: u64,
}

/// Columns of a packed weight are filled up to this many: an `f32` tile of AVX-512.
const PANEL: u64 = 32;
/// The narrowest panel that a first matmul is cut into, but for `f64` without SIMD, whose panels are half as wide.
const LEAST_PANEL: u64 = 8;
/// Most threads, and so groups of panels.
const MOST_THREADS: u64 = 64;
/// Up to this many input channels the input's gradient of a convolution is made from all products of kernel and output
/// (`tensor`, `channels_last/narrow.rs`).
const NARROW: u64 = 4;

/// Product of extents; above every limit where it does not fit.
fn product(extents: &[usize]) -> u64 {
    extents.iter().fold(1u64, |a, &b| a.saturating_mul(b as u64))
}

/// Columns of the panels that hold `n`.
fn panels(n: u64) -> u64 {
    n.div_ceil(PANEL).saturating_mul(PANEL)
}

impl Cost {
    /// Most numbers that one example may have in all layers' outputs and the largest workspace: 2²⁶, 256 MiB of `f32` (VGG-16 on 224 x 224
    /// pixels has 2.8e7).
    pub const MOST_NUMBERS: u64 = 1 << 26;
    /// Most numbers of packed weights: 2³⁰, 4 GiB of `f32`.
    pub const MOST_PACKED: u64 = 1 << 30;
    /// Most multiply-adds of one example: 2³⁸, seconds on a fast CPU (VGG-16 has 1.5e10).
    pub const MOST_MUL_ADDS: u64 = 1 << 38;
    /// Most numbers of all examples that run at once, values and gradients: 2³¹, 8 GiB of `f32`.
    pub const MOST_AT_ONCE: u64 = 1 << 31;

    /// A layer that writes `output` numbers and computes nothing to speak of.
    pub fn of_output(output: usize) -> Self {
        Self { activations: output as u64, mul_adds: output as u64, ..Self::default() }
    }
    /// y = x Wᵀ + b.
    pub fn linear(inputs: usize, outputs: usize) -> Self {
        let (k, n) = (inputs as u64, outputs as u64);
        let packed = k.saturating_mul(panels(n)).saturating_add(n.saturating_mul(panels(k)));
        let copies = if cuts_by_columns(inputs, outputs) {
            // Beside the numbers: the distance between rows, and bits that say where they are zero.
            n.div_ceil(LEAST_PANEL).min(MOST_THREADS) * (k + k / 8 + 64) + n
        } else {
            0
        };
        Self { activations: n, packed, copies, mul_adds: k.saturating_mul(n), ..Self::default() }
    }
    /// A convolution between an image of `[h, w]` and one of `[oh, ow]` pixels, or the transposed one that `output` says.
    pub fn convolution(
        image: [usize; 3],
        result: [usize; 3],
        kernel: [usize; 2],
        stride: [usize; 2],
        output: usize,
    ) -> Self {
        let ([ic, ih, iw], [oc, oh, ow], [kh, kw]) = (image, result, kernel);
        let frame = |d: usize, o: usize| (o.max(1) - 1).saturating_mul(stride[d]).saturating_add(kernel[d]);
        let depth = product(&[ic, kh, kw]);
        let forward = product(&[ic, frame(0, oh), frame(1, ow)]);
        let backward = product(&[oc, ih.saturating_add(kh), iw.saturating_add(kw)]);
        let spread = if ic as u64 <= NARROW { depth.saturating_mul(product(&[oh, ow])) } else { 0 };
        let own = depth.saturating_mul(panels(oc as u64));
        let packed = own.saturating_add(product(&[oc, kh, kw]).saturating_mul(panels(ic as u64)));
        Self {
            activations: output as u64,
            workspace: forward.max(backward).max(spread),
            packed,
            shard_sums: own.saturating_add(oc as u64),
            mul_adds: depth.saturating_mul(product(&[oc, oh, ow])),
            copies: 0,
        }
    }
    /// Windows of `kernel` pixels for each of `output` numbers.
    pub fn pooling(output: usize, kernel: [usize; 2]) -> Self {
        // Each output remembers which of its window it was.
        let activations = (output as u64).saturating_mul(2);
        Self { activations, mul_adds: product(&[output, kernel[0], kernel[1]]), ..Self::default() }
    }
    /// Both, one after the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            activations: self.activations.saturating_add(next.activations),
            workspace: self.workspace.max(next.workspace),
            copies: self.copies.max(next.copies),
            packed: self.packed.saturating_add(next.packed),
            shard_sums: self.shard_sums.saturating_add(next.shard_sums),
            mul_adds: self.mul_adds.saturating_add(next.mul_adds),
        }
    }
    /// Numbers that one example needs.
    fn numbers(&self) -> u64 {
        self.activations.saturating_add(self.workspace)
    }
    /// Refuses what no machine this program runs on should be asked for.
    ///
    /// # Errors
    /// [`ShapeError`] at `kind`, with the number and the limit.
    pub fn check(&self, kind: &str) -> Result<(), ShapeError> {
        for (what, got, most) in [
            ("numbers between the layers for one example", self.numbers(), Self::MOST_NUMBERS),
            ("numbers of packed weights", self.packed, Self::MOST_PACKED),
            ("multiply-adds for one example", self.mul_adds, Self::MOST_MUL_ADDS),
        ] {
            if got > most {
                return Err(ShapeError::new(kind, format!("{got} {what}, at most {most} are allowed")));
            }
        }
        Ok(())
    }
    /// Numbers that a pass over `batch` examples needs beside the weights, at most, on any number of threads: each example has values, gradients and the copies of a first
    /// matmul cut by columns, each shard (two of at most 32 examples for every 64) a workspace and sums of its own. A network without a layer that spans the batch needs less: what lies between its convolutions goes from shard to shard.
    pub fn at_once(&self, batch: usize) -> u64 {
        let (batch, each) = (batch as u64, self.activations.saturating_mul(2).saturating_add(self.copies));
        let shards = (2 * batch.div_ceil(64)).min(batch);
        let own = self.workspace.saturating_add(self.shard_sums).saturating_mul(shards);
        each.saturating_mul(batch).saturating_add(own)
    }
    /// Most examples that may run at once, on all threads together, at least one.
    pub fn most_examples(&self) -> usize {
        // By halves: what a batch needs grows with it.
        let (mut fits, mut beyond) = (1usize, Self::MOST_AT_ONCE as usize + 1);
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            if self.at_once(middle) <= Self::MOST_AT_ONCE { fits = middle } else { beyond = middle }
        }
        fits
    }
    /// Refuses a batch that would need more memory than [`MOST_AT_ONCE`](Self::MOST_AT_ONCE).
    ///
    /// # Errors
    /// [`NnError::Batch`] with the largest batch that is allowed.
    pub fn admit(&self, batch: usize) -> Result<(), NnError> {
        let most = self.most_examples();
        if batch > most { Err(NnError::Batch { batch, most }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_those_counted_by_hand() {
        // 3 inputs, 5 outputs: 15 multiply-adds; packed 3 rows of 32 columns one way, 5 of 32 the other.
        let linear = Cost::linear(3, 5);
        assert_eq!(linear, Cost { activations: 5, packed: 3 * 32 + 5 * 32, mul_adds: 15, ..Cost::default() });
        // 128 columns are 16 panels of 8 at most, for each a copy of 784 numbers with bits; a wider weight than 2^17 is not cut.
        assert_eq!(Cost::linear(784, 128).copies, 16 * (784 + 98 + 64) + 128);
        assert_eq!([Cost::linear(784, 512).copies, Cost::linear(100, 128).copies], [0, 0]);
        // An image of 8 x 6 pixels, 5 channels, padding 1, a kernel of 3 x 3 to 7 channels: the frame is 10 x 8 pixels.
        let conv = Cost::convolution([5, 8, 6], [7, 8, 6], [3, 3], [1, 1], 7 * 48);
        assert_eq!((conv.activations, conv.mul_adds), (7 * 48, 45 * 7 * 48));
        assert_eq!(conv.workspace, 7 * 11 * 9);
        assert_eq!((conv.packed, conv.shard_sums), (45 * 32 + 7 * 9 * 32, 45 * 32 + 7));
        // 65 examples lie in four shards.
        assert_eq!(conv.at_once(65), 65 * 2 * conv.activations + 4 * (conv.workspace + conv.shard_sums));
        let narrow = Cost::convolution([1, 8, 6], [7, 8, 6], [3, 3], [1, 1], 7 * 48);
        assert_eq!(narrow.workspace, 7 * 11 * 9);
        assert_eq!(Cost::pooling(12, [2, 3]).mul_adds, 72);
        let both = linear.then(conv);
        assert_eq!((both.activations, both.workspace), (5 + 7 * 48, conv.workspace));
    }

    #[test]
    fn numbers_meant_to_overflow_are_above_the_limits() {
        let huge = usize::MAX;
        for cost in [
            Cost::linear(huge, huge),
            Cost::linear(1 << 26, 1),
            Cost::convolution([huge; 3], [huge; 3], [huge; 2], [huge; 2], huge),
            Cost::pooling(1 << 20, [1 << 16; 2]),
            Cost::of_output(1 << 27),
            Cost::of_output(1 << 25).then(Cost::of_output(1 << 25)).then(Cost::of_output(1)),
        ] {
            assert!(cost.check("x").is_err(), "{cost:?}");
        }
        // VGG-16 on 224 x 224 pixels: sums of its outputs (each once more for the activation), multiply-adds, weights.
        let vgg = Cost {
            activations: 28_000_000,
            workspace: 15_000_000,
            packed: 300_000_000,
            shard_sums: 15_000_000,
            copies: 0,
            mul_adds: 15_500_000_000,
        };
        assert!(vgg.check("vgg").is_ok() && vgg.admit(16).is_ok());
        let e = vgg.admit(10_000).unwrap_err().to_string();
        assert!(e.contains("10000") && e.contains(&vgg.most_examples().to_string()), "{e}");
        assert_eq!(Cost::default().most_examples() as u64, Cost::MOST_AT_ONCE);
    }
}
