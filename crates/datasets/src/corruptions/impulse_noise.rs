//! Dead and hot pixels.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// A share of the pixels, 3, 6, 9, 17, 27 %, becomes black or white, either with chance 1/2.
    ImpulseNoise: "impulse_noise", severity 4
}

impl Corruption for ImpulseNoise {
    const ABOUT: &'static str = "3, 6, 9, 17, 27 % of the pixels black or white";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let share = of(self.severity, [0.03, 0.06, 0.09, 0.17, 0.27]);
        for v in image.values_mut() {
            let (hit, white) = (random.uniform_f64() < share, random.below(2));
            if hit {
                *v = f64::from(white);
            }
        }
    }
}
