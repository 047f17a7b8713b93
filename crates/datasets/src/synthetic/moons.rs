//! Two interleaved half circles.

use super::contract::{Find, POINTS, Synthetic, assemble};
use super::plane::scatter;
use crate::{DataError, Dataset, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;
use std::f64::consts::PI;

/// Two half moons: class 0 at `(cos t, sin t)`, class 1 at `(1 − cos t, ½ − sin t)`, `t` uniform in [0, π], plus normal
/// noise of standard deviation `noise`, then `x ↦ (x − c) / 4 + ½` about the figure's centre `c = (½, ¼)`.
///
/// Source: scikit-learn's `make_moons`, with `t` random instead of evenly spaced.
///
/// ```
/// use sparring_datasets::synthetic::moons;
/// use sparring_seed::Key;
/// assert_eq!(moons(10, 0.1, Key::new(1)).row(3), moons(4, 0.1, Key::new(1)).row(3));
/// ```
pub fn moons(n: usize, noise: f64, key: Key) -> Split {
    scatter(n, 2, key, |class, s| {
        let t = PI * s.uniform_f64();
        let [x, y] = if class == 0 { [t.cos(), t.sin()] } else { [1.0 - t.cos(), 0.5 - t.sin()] };
        [(x + noise * s.normal() - 0.5) / 4.0 + 0.5, (y + noise * s.normal() - 0.25) / 4.0 + 0.5]
    })
}

/// [`moons`] as a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moons {
    /// Training points; half as many test points.
    pub n: usize,
    /// Standard deviation of the noise, in radii of a moon.
    pub noise: f64,
}

impl Default for Moons {
    fn default() -> Self {
        Self { n: 2000, noise: 0.1 }
    }
}

sparring_math::named! {
    Moons: "moons", [], "scikit-learn, make_moons";
    n: POINTS, "training points; half as many test points";
    noise: Range::from_to(0.0, 10.0), "standard deviation of the noise, in radii";
}

impl Synthetic for Moons {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        Ok(assemble(self.write(), self.n, 2, key, |n, key| moons(n, self.noise, key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_each_point_lies_on_its_arc() {
        let split = moons(400, 0.0, Key::new(3));
        for i in 0..split.len() {
            let row = split.row(i);
            let (x, y) = ((row[0] - 0.5) * 4.0 + 0.5, (row[1] - 0.5) * 4.0 + 0.25);
            let (cx, cy, side) = if split.label(i) == 0 { (0.0, 0.0, 1.0) } else { (1.0, 0.5, -1.0) };
            assert!(((x - cx).hypot(y - cy) - 1.0).abs() < 1e-5 && (y - cy) * side > -1e-5);
        }
    }
}
