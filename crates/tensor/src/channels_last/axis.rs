//! Which taps of a kernel reach which pixels, along one axis.

use super::ConvBlock;

/// The taps that reach the pixels ≡ `residue` modulo the stride along one axis: k = first + stride · t, t < count. Pixel
/// residue + stride · u then sees output positions u + lead − (count − 1) ..= u + lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub residue: usize,
    pub pixels: usize,
    pub first: usize,
    pub count: usize,
    pub lead: usize,
}

impl Axis {
    /// All classes along one axis.
    fn all(b: &ConvBlock, d: usize) -> impl Iterator<Item = Self> + Clone + use<> {
        let (s, pad, kernel, input) = (b.stride[d], b.padding[d], b.kernel[d], b.input[d]);
        (0..s.min(input)).map(move |residue| Self {
            residue,
            pixels: (input - residue).div_ceil(s),
            first: (residue + pad) % s,
            count: kernel.saturating_sub((residue + pad) % s).div_ceil(s),
            lead: (residue + pad) / s,
        })
    }
    /// With stride s the pixels fall into s · s classes, each a convolution of stride 1 with the taps that reach it.
    pub fn pairs(b: &ConvBlock) -> impl Iterator<Item = (Self, Self)> + use<> {
        let horizontal = Self::all(b, 1);
        Self::all(b, 0).flat_map(move |v| horizontal.clone().map(move |u| (v, u)))
    }
    /// Zeros needed before and positions after `-before` that are read.
    pub fn reach(b: &ConvBlock, d: usize) -> (usize, usize) {
        let before = Self::all(b, d).map(|a| (a.count.max(1) - 1).saturating_sub(a.lead)).max().unwrap_or(0);
        let end = Self::all(b, d).map(|a| a.pixels + a.lead).max().unwrap_or(0);
        (before, before + end)
    }
}
