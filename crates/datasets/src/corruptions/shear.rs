//! A slanting hand.

use super::contract::{Corruption, Follows, corruption, of};
use super::sign::sign;
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `(c, r) -> (c - sin(s) r, cos(s) r)` about the middle, s = 0.2, 0.4, 0.6, 0.8, 1, to either side with chance 1/2.
    Shear: "shear", severity 2
}

impl Corruption for Shear {
    const ABOUT: &'static str = "slanted by 0.2, 0.4, 0.6, 0.8, 1 rad to either side";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let by = of(self.severity, [0.2, 0.4, 0.6, 0.8, 1.0]) * sign(random);
        image.warp_about_middle([[1.0, -f64::sin(by)], [0.0, f64::cos(by)]]);
    }
}
