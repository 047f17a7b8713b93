//! Eight clouds on a circle.

use super::contract::{Find, POINTS, Synthetic, assemble};
use super::modes::Modes;
use crate::{DataError, Dataset};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;
use std::f64::consts::TAU;

/// Eight normal clouds of standard deviation `sigma` about `(cos 2πk/8, sin 2πk/8)`: the ring on which GANs are asked how many modes they keep.
///
/// The set holds ½ + 0.4 p of each point p ([`modes`](Ring8::modes)). Points count mode after mode in turn; the label is the mode.
///
/// Source: Lin et al. 2018, PacGAN, arXiv:1712.04086, section 4.1, after Srivastava et al. 2017, arXiv:1705.07761: 100,000 points, sigma 0.01; of 2,500 samples those within 3 sigma of a centre are of high quality.
///
/// ```
/// use sparring_datasets::find;
/// use sparring_datasets::synthetic::Ring8;
/// let data = find("ring-8(n=80)")?;
/// let modes = Ring8::default().modes();
/// let (row, centre) = (data.train.row(2), modes.centres[data.train.label(2)]);
/// assert!((f64::from(row[0]) - centre[0]).hypot(f64::from(row[1]) - centre[1]) < 6.0 * modes.sigma);
/// # Ok::<(), sparring_datasets::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring8 {
    /// Training points; half as many test points.
    pub n: usize,
    /// Standard deviation of a cloud, in radii of the circle.
    pub sigma: f64,
}

impl Default for Ring8 {
    fn default() -> Self {
        Self { n: 100_000, sigma: 0.01 }
    }
}

sparring_math::named! {
    Ring8: "ring-8", [], "Lin et al. 2018, arXiv:1712.04086";
    n: POINTS, "training points; half as many test points";
    sigma: Range::from_to(0.0, 0.2), "standard deviation of a cloud, in radii";
}

impl Ring8 {
    /// Where the clouds are in the set.
    pub fn modes(&self) -> Modes {
        let centre = |k: u32| [(TAU * f64::from(k) / 8.0).cos(), (TAU * f64::from(k) / 8.0).sin()];
        Modes::of((0..8).map(centre), self.sigma, 0.4)
    }
}

impl Synthetic for Ring8 {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        let modes = self.modes();
        Ok(assemble(self.write(), self.n, 8, key, |n, key| modes.points(n, key)))
    }
    fn modes(&self) -> Option<Modes> {
        Some(self.modes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::modes::tests::have_their_moments;
    use super::*;

    #[test]
    fn eight_clouds_on_the_circle() {
        for ring in [Ring8 { n: 8000, ..Ring8::default() }, Ring8 { n: 8000, sigma: 0.1 }] {
            let modes = ring.modes();
            assert!((modes.sigma - 0.4 * ring.sigma).abs() < 1e-15);
            for (k, &centre) in modes.centres.iter().enumerate() {
                let [x, y] = modes.to_textbook(centre);
                assert!((x.hypot(y) - 1.0).abs() < 1e-12);
                let angle = y.atan2(x).rem_euclid(TAU);
                assert!((angle - TAU * k as f64 / 8.0).abs() < 1e-12, "mode {k}: {angle}");
            }
            have_their_moments(&modes, &modes.points(ring.n, Key::new(5)));
        }
    }

    #[test]
    fn no_point_is_moved_to_the_edge_and_a_longer_set_begins_with_the_shorter() {
        let modes = Ring8::default().modes();
        let long = modes.points(20_000, Key::new(2));
        assert!(long.all().x.iter().all(|&x| x > 0.05 && x < 0.95));
        let short = modes.points(100, Key::new(2));
        assert_eq!(short.all().x[..], long.all().x[..200]);
        assert_ne!(modes.points(100, Key::new(3)).all().x[..], short.all().x[..]);
    }
}
