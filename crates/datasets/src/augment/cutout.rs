//! A square of zeros.

use super::contract::Augmentation;
use super::image_buffers::ImageBuffers;
use sparring_math::named::Range;
use sparring_seed::Stream;
use std::ops::Range as Span;

/// Sets a square to 0 whose centre is uniform over the image; what lies beyond the border is cut off.
///
/// Source: DeVries and Taylor 2017, arXiv:1708.04552.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cutout {
    /// Side of the square, in pixels.
    pub size: usize,
}

impl Default for Cutout {
    fn default() -> Self {
        Self { size: 8 }
    }
}

sparring_math::named! {
    Cutout: "cutout", ["erase"], "DeVries and Taylor 2017, arXiv:1708.04552";
    size: Range::Whole { low: 1, high: 10_000 }, "side of the square, in pixels";
}

impl Augmentation for Cutout {
    const ABOUT: &'static str = "a square of zeros, its centre anywhere in the image";

    fn check_size(&self, [h, w]: [usize; 2]) -> Result<(), String> {
        if self.size <= h.max(w) {
            return Ok(());
        }
        Err(format!("size={} covers whole images of {w} x {h}; name at most {}", self.size, h.max(w)))
    }
    fn apply(&self, pixels: &mut [f32], [_, h, w]: [usize; 3], _: &mut ImageBuffers, rng: &mut Stream) {
        let [rows, columns] = [h, w].map(|n| span(n, self.size, rng));
        for image in pixels.chunks_exact_mut(h * w) {
            rows.clone().for_each(|y| image[y * w..][columns.clone()].fill(0.0));
        }
    }
}

/// The places `centre − size/2 .. centre − size/2 + size` within 0..n, the centre uniform.
pub(super) fn span(n: usize, size: usize, rng: &mut Stream) -> Span<usize> {
    let centre = rng.below(n as u32) as usize;
    centre.saturating_sub(size / 2)..(centre + size).saturating_sub(size / 2).min(n)
}
