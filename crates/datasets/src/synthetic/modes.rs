//! Equal mixtures of normal clouds in the plane: what mode collapse is counted on.

use super::plane::scatter;
use crate::Split;
use sparring_seed::Key;

/// Clouds of one spread at known centres, as a set holds them: in the unit square.
///
/// The set's `x` is ½ + scale · p of the textbook's point p, on both axes, so a length is `scale` times the textbook's, and what is counted within 3 sigma of a centre is the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Modes {
    /// The centres in the set, in the order of the labels.
    pub centres: Vec<[f64; 2]>,
    /// Standard deviation of a cloud on each axis, in the set.
    pub sigma: f64,
    /// A length in the set over the same length in the textbook's plane.
    pub scale: f64,
}

impl Modes {
    /// The modes of textbook centres and a textbook sigma.
    pub(super) fn of(centres: impl IntoIterator<Item = [f64; 2]>, sigma: f64, scale: f64) -> Self {
        let centres = centres.into_iter().map(|p| p.map(|v| 0.5 + scale * v)).collect();
        Self { centres, sigma: scale * sigma, scale }
    }
    /// The set's point of a point in the textbook's plane.
    pub fn to_set(&self, p: [f64; 2]) -> [f64; 2] {
        p.map(|v| 0.5 + self.scale * v)
    }
    /// The point in the textbook's plane of the set's.
    pub fn to_textbook(&self, x: [f64; 2]) -> [f64; 2] {
        x.map(|v| (v - 0.5) / self.scale)
    }
    /// `n` points, mode after mode in turn.
    pub(super) fn points(&self, n: usize, key: Key) -> Split {
        scatter(n, self.centres.len(), key, |mode, s| self.centres[mode].map(|c| c + self.sigma * s.normal()))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every mode of `n` points has its share, its mean, and its variance on both axes, which do not go together.
    pub fn have_their_moments(modes: &Modes, split: &Split) {
        let (k, each) = (modes.centres.len(), split.len() / modes.centres.len());
        let x: Vec<[f64; 2]> = (0..split.len())
            .map(|i| split.row(i)[..].try_into().map(|row: [f32; 2]| row.map(f64::from)).unwrap())
            .collect();
        for mode in 0..k {
            let own: Vec<[f64; 2]> = (0..split.len())
                .filter(|&i| split.label(i) == mode)
                .map(|i| [0, 1].map(|axis| (x[i][axis] - modes.centres[mode][axis]) / modes.sigma))
                .collect();
            assert_eq!(own.len(), each);
            let mean = |f: &dyn Fn(&[f64; 2]) -> f64| own.iter().map(f).sum::<f64>() / each as f64;
            // Five standard errors; of the variance (a chi square) and the product, too. f32 adds 6e-8 / sigma.
            let error = 5.0 / (each as f64).sqrt();
            for axis in 0..2 {
                assert!(mean(&|p| p[axis]).abs() < error, "mode {mode}: mean {}", mean(&|p| p[axis]));
                assert!((mean(&|p| p[axis].powi(2)) - 1.0).abs() < error * 2f64.sqrt());
            }
            assert!(mean(&|p| p[0] * p[1]).abs() < error);
            // Within three sigma: 1 − exp(−4.5) of a cloud, to six standard errors of a thousand.
            let within = mean(&|p| f64::from(u8::from(p[0].hypot(p[1]) < 3.0)));
            assert!((within - (1.0 - (-4.5f64).exp())).abs() < 0.02, "mode {mode}: {within}");
        }
    }

    #[test]
    fn the_map_goes_back() {
        let modes = Modes::of([[1.0, -1.0], [0.0, 0.0]], 0.1, 0.25);
        assert_eq!(modes.centres, [[0.75, 0.25], [0.5, 0.5]]);
        assert_eq!(modes.to_set([1.0, -1.0]), modes.centres[0]);
        assert_eq!(modes.to_textbook([0.75, 0.25]), [1.0, -1.0]);
        assert_eq!(modes.sigma, 0.025);
    }
}
