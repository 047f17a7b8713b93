//! A lens out of focus.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// Convolution with a Gaussian of standard deviation 1, 2, 3, 4, 6 pixels along both axes; the call in the authors' code reaches a grey image's columns alone.
    GaussianBlur: "gaussian_blur", severity 2
}

impl Corruption for GaussianBlur {
    const ABOUT: &'static str =
        "Gaussian of 1, 2, 3, 4, 6 pixels along both axes (the authors' code: along the columns alone)";
    const FOLLOWS: Follows = Follows::Kind;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        image.blur(of(self.severity, [1.0, 2.0, 3.0, 4.0, 6.0]));
    }
}
