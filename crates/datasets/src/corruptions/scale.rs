//! A smaller hand.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// Shrunk about the middle to 0.9, 0.8, 0.7, 0.6, 0.5 of its size.
    Scale: "scale", severity 3
}

impl Corruption for Scale {
    const ABOUT: &'static str = "shrunk to 0.9, 0.8, 0.7, 0.6, 0.5 of its size";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        let wider = 1.0 / of(self.severity, [0.9, 0.8, 0.7, 0.6, 0.5]);
        image.warp_about_middle([[wider, 0.0], [0.0, wider]]);
    }
}
