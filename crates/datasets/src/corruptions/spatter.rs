//! Mud.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::{Edge, Raster, blurred};
use sparring_seed::Stream;

corruption! {
    /// Blurred normal noise above a threshold is a drop, its edge softened by another blur and cut at 0.8; drops are of dark grey, 63/255. (mean, deviation, sigma, threshold, softening) = (0.65, 0.3, 4, 0.69, 0.6), (.., 3, 0.68, 0.6), (.., 2, 0.68, 0.5), (.., 1, 0.65, 1.5), (0.67, 0.4, 1, 0.65, 1.5).
    Spatter: "spatter", severity 4
}

impl Corruption for Spatter {
    const ABOUT: &'static str =
        "grey drops where blurred noise exceeds a threshold, more and smaller at higher severity";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let (mean, deviation, sigma, threshold, soft) = of(
            self.severity,
            [
                (0.65, 0.3, 4.0, 0.69, 0.6),
                (0.65, 0.3, 3.0, 0.68, 0.6),
                (0.65, 0.3, 2.0, 0.68, 0.5),
                (0.65, 0.3, 1.0, 0.65, 1.5),
                (0.67, 0.4, 1.0, 0.65, 1.5),
            ],
        );
        let size = image.size();
        let noise: Vec<f64> = (0..size[0] * size[1]).map(|_| mean + deviation * random.normal()).collect();
        let drops: Vec<f64> = blurred(&noise, size, sigma, Edge::Nearest)
            .into_iter()
            .map(|v| if v > threshold { 1.0 } else { 0.0 })
            .collect();
        let cover = blurred(&drops, size, soft, Edge::Nearest);
        for channel in image.channels_mut() {
            for (v, &m) in channel.iter_mut().zip(&cover) {
                let m = if m < 0.8 { 0.0 } else { m };
                *v = *v * (1.0 - m) + 63.0 / 255.0 * m;
            }
        }
    }
}
