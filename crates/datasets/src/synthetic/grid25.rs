//! Twenty-five clouds on a grid.

use super::contract::{Find, POINTS, Synthetic, assemble};
use super::modes::Modes;
use crate::{DataError, Dataset};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;

/// Twenty-five normal clouds of standard deviation `sigma` about the points of {−4, −2, 0, 2, 4}²: the grid on which GANs are asked how many modes they keep.
///
/// The set holds ½ + 0.1 p of each point p ([`modes`](Grid25::modes)). Points count mode after mode in turn; the label is the mode: 5 times the column and the row, from the lowest.
///
/// Source: Lin et al. 2018, PacGAN, arXiv:1712.04086, section 4.1, after Srivastava et al. 2017, arXiv:1705.07761: 100,000 points, sigma 0.05.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid25 {
    /// Training points; half as many test points.
    pub n: usize,
    /// Standard deviation of a cloud, in the plane in which neighbours are 2 apart.
    pub sigma: f64,
}

impl Default for Grid25 {
    fn default() -> Self {
        Self { n: 100_000, sigma: 0.05 }
    }
}

sparring_math::named! {
    Grid25: "grid-25", [], "Lin et al. 2018, arXiv:1712.04086";
    n: POINTS, "training points; half as many test points";
    sigma: Range::from_to(0.0, 0.5), "standard deviation of a cloud; neighbours are 2 apart";
}

impl Grid25 {
    /// Where the clouds are in the set.
    pub fn modes(&self) -> Modes {
        let along = |k: usize| 2.0 * k as f64 - 4.0;
        Modes::of((0..25).map(|k| [along(k / 5), along(k % 5)]), self.sigma, 0.1)
    }
}

impl Synthetic for Grid25 {
    fn dataset(&self, key: Key, _: Find<'_>) -> Result<Dataset, DataError> {
        let modes = self.modes();
        Ok(assemble(self.write(), self.n, 25, key, |n, key| modes.points(n, key)))
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
    fn twenty_five_clouds_on_the_grid() {
        let grid = Grid25 { n: 25_000, ..Grid25::default() };
        let modes = grid.modes();
        assert!((modes.sigma - 0.005).abs() < 1e-15);
        let mut found: Vec<[i32; 2]> =
            modes.centres.iter().map(|&c| modes.to_textbook(c).map(|v| v.round() as i32)).collect();
        assert_eq!((found[0], found[1], found[24]), ([-4, -4], [-4, -2], [4, 4]));
        found.sort_unstable();
        found.dedup();
        assert!(found.len() == 25 && found.iter().flatten().all(|v| v % 2 == 0 && v.abs() <= 4));
        let split = modes.points(grid.n, Key::new(5));
        have_their_moments(&modes, &split);
        assert!(split.all().x.iter().all(|&x| x > 0.05 && x < 0.95));
    }
}
