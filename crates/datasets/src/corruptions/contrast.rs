//! A faint copy.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `(x - mean) c + mean`, c = 0.4, 0.3, 0.2, 0.1, 0.05, each channel about its own mean.
    Contrast: "contrast", severity 4
}

impl Corruption for Contrast {
    const ABOUT: &'static str = "distance from the mean times 0.4, 0.3, 0.2, 0.1, 0.05";
    const FOLLOWS: Follows = Follows::Code;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        let keep = of(self.severity, [0.4, 0.3, 0.2, 0.1, 0.05]);
        for channel in image.channels_mut() {
            let mean = channel.iter().sum::<f64>() / channel.len() as f64;
            channel.iter_mut().for_each(|v| *v = (*v - mean) * keep + mean);
        }
    }
}
