//! Clouds before the image.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `(x + c f) m / (m + c)` for the image's maximum m and a plasma fractal f of 256 x 256, roughness falling by d each time its squares are halved; (c, d) = (1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4).
    Fog: "fog", severity 5
}

impl Corruption for Fog {
    const ABOUT: &'static str =
        "a plasma fractal added with weight 1.5, 2, 2.5, 2.5, 3 and the sum scaled back";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let (weight, decay) = of(self.severity, [(1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4)]);
        let [h, w] = image.size();
        let side = h.max(w).next_power_of_two().max(256);
        let cloud = plasma(side, decay, random);
        let most = image.values().iter().fold(0.0, |a: f64, &v| a.max(v));
        for channel in image.channels_mut() {
            for (i, v) in channel.iter_mut().enumerate() {
                *v = (*v + weight * cloud[i / w * side + i % w]) * most / (most + weight);
            }
        }
    }
}

/// A height map by the diamond-square algorithm (Fournier, Fussell, Carpenter 1982), its edges joined, scaled to [0, 1]. The noise of a level is uniform in
/// ±r², where r is 100 at first and falls by `decay` each time the squares are halved.
fn plasma(side: usize, decay: f64, random: &mut Stream) -> Vec<f64> {
    let mut map = vec![0.0; side * side];
    let (mut step, mut rough) = (side, 100.0);
    while step >= 2 {
        let half = step / 2;
        let corners = || (0..side).step_by(step).flat_map(|r| (0..side).step_by(step).map(move |c| (r, c)));
        let mut set = |map: &mut [f64], (r, c): (usize, usize), around: [(usize, usize); 4]| {
            let mean =
                around.iter().map(|&(r, c)| map[(r & (side - 1)) * side + (c & (side - 1))]).sum::<f64>()
                    / 4.0;
            map[r * side + c] = mean + rough * rough * (2.0 * random.uniform_f64() - 1.0);
        };
        // `r + side` keeps what lies above or left of the map positive.
        corners().for_each(|(r, c)| {
            set(&mut map, (r + half, c + half), [(r, c), (r + step, c), (r, c + step), (r + step, c + step)]);
        });
        corners().for_each(|(r, c)| {
            set(
                &mut map,
                (r, c + half),
                [(r, c), (r, c + step), (r + half, c + half), (r + side - half, c + half)],
            );
        });
        corners().for_each(|(r, c)| {
            set(
                &mut map,
                (r + half, c),
                [(r, c), (r + step, c), (r + half, c + half), (r + half, c + side - half)],
            );
        });
        (step, rough) = (half, rough / decay);
    }
    let (low, high) = map.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    map.iter().map(|v| (v - low) / (high - low)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    #[test]
    fn near_places_of_a_cloud_are_alike_and_all_heights_occur() {
        let map = plasma(64, 2.0, &mut Key::new(3).rng(0));
        assert!(map.contains(&0.0) && map.contains(&1.0));
        let apart = |d: usize| {
            let pairs = (0..64 * 64).map(|i| (map[i] - map[i / 64 * 64 + (i % 64 + d) % 64]).abs());
            pairs.sum::<f64>() / 4096.0
        };
        assert!(4.0 * apart(1) < apart(24), "{} {}", apart(1), apart(24));
    }
}
