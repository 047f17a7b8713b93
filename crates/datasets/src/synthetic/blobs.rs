//! Normal clouds around the corners of a polygon.

use super::contract::{CLASSES, Find, POINTS, Synthetic, assemble};
use super::plane::scatter;
use crate::{DataError, Dataset, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;
use std::f64::consts::TAU;

/// `classes` isotropic normal clouds of standard deviation `spread`, centred on the corners of a regular polygon of
/// radius 0.3 about (½, ½). The Bayes rule is the nearest corner, so the best possible accuracy is known.
///
/// # Panics
/// If `classes` is outside 1..=256.
#[track_caller]
pub fn blobs(n: usize, classes: usize, spread: f64, key: Key) -> Split {
    scatter(n, classes, key, |class, s| {
        let angle = TAU * class as f64 / classes as f64;
        [0.5 + 0.3 * angle.cos() + spread * s.normal(), 0.5 + 0.3 * angle.sin() + spread * s.normal()]
    })
}

/// [`blobs`] as a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blobs {
    /// Training points; half as many test points.
    pub n: usize,
    /// Clouds.
    pub classes: usize,
    /// Standard deviation of a cloud.
    pub spread: f64,
}

impl Default for Blobs {
    fn default() -> Self {
        Self { n: 2000, classes: 3, spread: 0.04 }
    }
}

sparring_math::named! {
    Blobs: "blobs", [], "-";
    n: POINTS, "training points; half as many test points";
    classes: CLASSES, "clouds";
    spread: Range::from_to(0.0, 1.0), "standard deviation of a cloud";
}

impl Synthetic for Blobs {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        Ok(assemble(self.write(), self.n, self.classes, key, |n, key| {
            blobs(n, self.classes, self.spread, key)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_corner_and_its_spread() {
        let (n, classes, spread) = (6000, 3, 0.04);
        let split = blobs(n, classes, spread, Key::new(3));
        for class in 0..classes {
            let angle = TAU * class as f64 / classes as f64;
            let rows: Vec<Vec<f32>> =
                (0..n).filter(|&i| split.label(i) == class).map(|i| split.row(i)).collect();
            assert_eq!(rows.len(), n / classes);
            for (axis, centre) in [0.5 + 0.3 * angle.cos(), 0.5 + 0.3 * angle.sin()].into_iter().enumerate() {
                let mean = rows.iter().map(|r| f64::from(r[axis])).sum::<f64>() / rows.len() as f64;
                let var =
                    rows.iter().map(|r| (f64::from(r[axis]) - mean).powi(2)).sum::<f64>() / rows.len() as f64;
                // Five standard errors of 2,000 draws.
                assert!((mean - centre).abs() < 5.0 * spread / 2000f64.sqrt(), "{mean} {centre}");
                assert!((var.sqrt() / spread - 1.0).abs() < 0.08, "{}", var.sqrt());
            }
        }
    }
}
