//! A sheet that lies askew.

use super::contract::{Corruption, Follows, corruption, of};
use super::sign::sign;
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// Rotated about the middle by 0.2, 0.4, 0.6, 0.8, 1 rad, to either side with chance 1/2.
    Rotate: "rotate", severity 2
}

impl Corruption for Rotate {
    const ABOUT: &'static str = "rotated by 0.2, 0.4, 0.6, 0.8, 1 rad to either side";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let (sin, cos) = (of(self.severity, [0.2, 0.4, 0.6, 0.8, 1.0]) * sign(random)).sin_cos();
        image.warp_about_middle([[cos, -sin], [sin, cos]]);
    }
}
