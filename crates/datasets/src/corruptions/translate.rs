//! A digit off its place.

use super::contract::{Corruption, Follows, corruption, of};
use super::sign::sign;
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// Moved by 1, 2, 3, 4, 5 pixels along both axes, to either side with chance 1/2 each.
    Translate: "translate", severity 3
}

impl Corruption for Translate {
    const ABOUT: &'static str = "moved by 1, 2, 3, 4, 5 pixels along both axes";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let by = of(self.severity, [1.0, 2.0, 3.0, 4.0, 5.0]);
        let shift = [(); 2].map(|()| by * sign(random));
        image.warp([[1.0, 0.0], [0.0, 1.0]], shift);
    }
}
