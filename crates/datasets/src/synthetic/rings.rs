//! Circles inside circles.

use super::contract::{CLASSES, Find, POINTS, Synthetic, assemble};
use super::plane::scatter;
use crate::{DataError, Dataset, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;
use std::f64::consts::TAU;

/// `classes` circles about (½, ½): class `k` of radius `0.4 (k + 1) / classes` plus normal noise of standard deviation
/// `noise` on both axes, the angle uniform. No line separates them.
///
/// # Panics
/// If `classes` is outside 1..=256.
#[track_caller]
pub fn rings(n: usize, classes: usize, noise: f64, key: Key) -> Split {
    scatter(n, classes, key, |class, s| {
        let radius = 0.4 * (class + 1) as f64 / classes as f64;
        let angle = TAU * s.uniform_f64();
        [0.5 + radius * angle.cos() + noise * s.normal(), 0.5 + radius * angle.sin() + noise * s.normal()]
    })
}

/// [`rings`] as a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rings {
    /// Training points; half as many test points.
    pub n: usize,
    /// Circles.
    pub classes: usize,
    /// Standard deviation of the noise.
    pub noise: f64,
}

impl Default for Rings {
    fn default() -> Self {
        Self { n: 2000, classes: 2, noise: 0.02 }
    }
}

sparring_math::named! {
    Rings: "rings", [], "-";
    n: POINTS, "training points; half as many test points";
    classes: CLASSES, "circles";
    noise: Range::from_to(0.0, 1.0), "standard deviation of the noise";
}

impl Synthetic for Rings {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        Ok(assemble(self.write(), self.n, self.classes, key, |n, key| {
            rings(n, self.classes, self.noise, key)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_the_radius_tells_the_class() {
        let split = rings(300, 3, 0.0, Key::new(3));
        let mut quadrants = [0; 4];
        for i in 0..split.len() {
            let (x, y) = (split.row(i)[0] - 0.5, split.row(i)[1] - 0.5);
            let want = 0.4 * (split.label(i) + 1) as f32 / 3.0;
            assert!((x.hypot(y) - want).abs() < 1e-6);
            quadrants[usize::from(x > 0.0) + 2 * usize::from(y > 0.0)] += 1;
        }
        assert!(quadrants.iter().all(|&q| q > 40), "{quadrants:?}");
    }
}
