//! Normal noise.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `x + N(0, c²)`, c = 0.08, 0.12, 0.18, 0.26, 0.38.
    GaussianNoise: "gaussian_noise", severity 5
}

impl Corruption for GaussianNoise {
    const ABOUT: &'static str = "normal noise of standard deviation 0.08, 0.12, 0.18, 0.26, 0.38";
    const FOLLOWS: Follows = Follows::Code;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let deviation = of(self.severity, [0.08, 0.12, 0.18, 0.26, 0.38]);
        image.values_mut().iter_mut().for_each(|v| *v += deviation * random.normal());
    }
}
