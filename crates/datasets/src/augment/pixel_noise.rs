//! Noise on every pixel.

use super::contract::Augmentation;
use super::image_buffers::ImageBuffers;
use sparring_math::named::Range;
use sparring_seed::Stream;

/// x + std · N(0, 1) for each pixel, clipped to [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelNoise {
    /// Standard deviation, in pixels of [0, 1].
    pub std: f64,
}

impl Default for PixelNoise {
    fn default() -> Self {
        Self { std: 0.1 }
    }
}

sparring_math::named! {
    PixelNoise: "noise", ["gaussian-noise"], "Bishop 1995, doi:10.1162/neco.1995.7.1.108";
    std: Range::from_to(0.0, 10.0), "standard deviation, in pixels of [0, 1]";
}

impl Augmentation for PixelNoise {
    const ABOUT: &'static str = "normal noise on every pixel, clipped to [0, 1]";

    fn apply(&self, pixels: &mut [f32], _: [usize; 3], _: &mut ImageBuffers, rng: &mut Stream) {
        pixels.iter_mut().for_each(|v| *v = (f64::from(*v) + self.std * rng.normal()).clamp(0.0, 1.0) as f32);
    }
}
