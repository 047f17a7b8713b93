//! Images of independent noise: what nothing can compress and no class can be read from.

use super::contract::{Find, Synthetic};
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;

/// Side of an image in pixels.
const SIDE: usize = 28;
/// Classes, which say nothing of the pixels.
const CLASSES: usize = 10;

/// `n` images of pixels uniform in [0, 1), each independent of all others; image i is of class i mod 10 and a function of (key, i).
///
/// A linear code of k numbers explains k / 784 of their variance of 1 / 12: noise has no structure to code.
///
/// # Shapes
/// `[1, 28, 28]`.
///
/// ```
/// use sparring_datasets::synthetic::noise;
/// use sparring_seed::Key;
/// assert_eq!(noise(10, Key::new(1)).row(3), noise(4, Key::new(1)).row(3));
/// ```
pub fn noise(n: usize, key: Key) -> Split {
    let mut pixels = Vec::with_capacity(n * SIDE * SIDE);
    for i in 0..n {
        let mut draw = key.rng(i as u64);
        pixels.extend((0..SIDE * SIDE).map(|_| draw.uniform()));
    }
    let labels: Vec<u8> = (0..n).map(|i| (i % CLASSES) as u8).collect();
    Split::new(Pixels::F32(pixels.into()), [1, SIDE, SIDE], labels).expect("as many labels as images")
}

/// [`noise`] as a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Training images; half as many test images.
    pub n: usize,
}

impl Default for Noise {
    fn default() -> Self {
        Self { n: 10_000 }
    }
}

sparring_math::named! {
    Noise: "noise", [], "pixels uniform in [0, 1), independent of each other and of the class";
    n: Range::Whole { low: 2, high: 200_000 }, "training images, 3,136 bytes each; half as many test images";
}

impl Synthetic for Noise {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        let (train, test) = (noise(self.n, key.named("train")), noise(self.n / 2, key.named("test")));
        Dataset::new(self.write(), train, test, CLASSES, Provenance::Generated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_uniform_and_independent() {
        let split = noise(500, Key::new(2));
        let rows: Vec<Vec<f32>> = (0..split.len()).map(|i| split.row(i)).collect();
        let all: Vec<f64> = rows.iter().flatten().map(|&x| f64::from(x)).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        assert!((mean - 0.5).abs() < 0.003 && (variance - 1.0 / 12.0).abs() < 0.001, "{mean} {variance}");
        // Neighbours do not go together: five standard errors of a correlation of 0.
        let pairs =
            rows.iter().flat_map(|row| row.windows(2).map(|w| f64::from(w[0] - 0.5) * f64::from(w[1] - 0.5)));
        let together = pairs.sum::<f64>() / n * 12.0;
        assert!(together.abs() < 5.0 / n.sqrt(), "{together}");
        assert!(all.iter().all(|x| (0.0..1.0).contains(x)));
    }
}
