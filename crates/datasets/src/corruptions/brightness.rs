//! Too much light.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `x + c`, c = 0.1, 0.2, 0.3, 0.4, 0.5; of colours the largest channel grows by c and the others in proportion (HSV's value).
    Brightness: "brightness", severity 5
}

impl Corruption for Brightness {
    const ABOUT: &'static str = "0.1, 0.2, 0.3, 0.4, 0.5 brighter";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        let (by, [h, w]) = (of(self.severity, [0.1, 0.2, 0.3, 0.4, 0.5]), image.size());
        let brightest = image.channels().fold(vec![0.0f64; h * w], |most, channel| {
            most.iter().zip(channel).map(|(m, &v)| m.max(v)).collect()
        });
        for channel in image.channels_mut() {
            for (v, most) in channel.iter_mut().zip(&brightest) {
                let share = if *most > 0.0 { *v / most } else { 1.0 };
                *v = share * (most + by).min(1.0);
            }
        }
    }
}
