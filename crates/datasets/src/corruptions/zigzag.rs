//! A zigzag across.

use super::contract::{Corruption, Follows, corruption};
use super::stroke::stroke;
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// As many zigzags as the severity, teeth of 4 by ±2 pixels, from a random height on the left to one at most 5 away on the right. MNIST-C has one.
    Zigzag: "zigzag", severity 1
}

impl Corruption for Zigzag {
    const ABOUT: &'static str = "1 to 5 zigzag lines from side to side; MNIST-C has 1";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let [h, w] = image.size();
        for _ in 0..self.severity {
            let from = f64::from(random.below(h as u32 - 1));
            draw(image, from, from + f64::from(random.below(10)) - 5.0, w as f64 - 3.0);
        }
    }
}

/// One zigzag from (2, `from`) to about (`right`, `to`), columns first.
fn draw(image: &mut Raster, from: f64, to: f64, right: f64) {
    // A tooth is 2 HALF long and HIGH high.
    const LEFT: f64 = 2.0;
    const HALF: f64 = 2.0;
    const HIGH: f64 = 2.0;
    let size = image.size();
    let (sin, cos) = ((to - from) / (right - LEFT)).atan().sin_cos();
    let length = (right - LEFT) / cos;
    let teeth = ((length - HALF) / (2.0 * HALF)).floor() as usize + 1;
    let mut points = vec![[0.0, 0.0]];
    points.extend((0..teeth).map(|i| [(2 * i + 1) as f64 * HALF, if i % 2 == 0 { HIGH } else { -HIGH }]));
    let rest = length % (2.0 * HALF);
    if rest > 0.0 {
        // The authors divide by twice the rest, which at their size is never below 1; here it is not either.
        points.push([length, points[teeth][1] / (2.0 * rest).max(1.0)]);
    }
    let placed: Vec<[f64; 2]> =
        points.iter().map(|[c, r]| [cos * c - sin * r + LEFT, sin * c + cos * r + from]).collect();
    for ends in placed.windows(2) {
        let line = stroke(size, ends[0], ends[1]);
        for channel in image.channels_mut() {
            channel.iter_mut().zip(&line).for_each(|(v, l)| *v = (*v + l).min(1.0));
        }
    }
}
