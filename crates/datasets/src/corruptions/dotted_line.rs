//! A dotted line across.

use super::contract::{Corruption, Follows, corruption};
use super::stroke::stroke;
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// As many lines as the severity, from a random height on the left to one on the right, every other pair of columns left out. MNIST-C has one line.
    DottedLine: "dotted_line", severity 1
}

impl Corruption for DottedLine {
    const ABOUT: &'static str = "1 to 5 dotted lines from edge to edge; MNIST-C has 1";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let [h, w] = image.size();
        for _ in 0..self.severity {
            let mut height = || f64::from(random.below(h as u32 - 1));
            let line = stroke([h, w], [0.0, height()], [w as f64 - 1.0, height()]);
            for channel in image.channels_mut() {
                for (i, v) in channel.iter_mut().enumerate().filter(|(i, _)| i % w / 2 % 2 == 1) {
                    *v = (*v + line[i]).min(1.0);
                }
            }
        }
    }
}
