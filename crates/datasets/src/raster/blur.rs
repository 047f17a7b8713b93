//! Gaussian blur.

use super::Raster;

/// What lies outside an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// The nearest pixel.
    Nearest,
    /// Zeros.
    Zero,
}

/// One channel convolved with a Gaussian of standard deviation `sigma` pixels, cut at 4 `sigma` and normalised, along both axes: `gaussian_filter` of SciPy.
///
/// # Shapes
/// `x` `h · w` for `size = [h, w]`.
pub(crate) fn blurred(x: &[f64], [h, w]: [usize; 2], sigma: f64, edge: Edge) -> Vec<f64> {
    let radius = (4.0 * sigma + 0.5) as isize;
    let kernel: Vec<f64> = (-radius..=radius).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = kernel.iter().sum();
    // One axis: a line begins at `start`, its `n` pixels lie `step` apart.
    let along = |from: &[f64], to: &mut [f64], start: usize, step: usize, n: usize| {
        for i in 0..n {
            let taps = kernel.iter().enumerate().map(|(k, weight)| {
                let at = i as isize + k as isize - radius;
                let inside = at.clamp(0, n as isize - 1);
                let seen = at == inside || edge == Edge::Nearest;
                if seen { weight * from[start + inside as usize * step] } else { 0.0 }
            });
            to[start + i * step] = taps.sum::<f64>() / sum;
        }
    };
    let (mut columns, mut both) = (vec![0.0; h * w], vec![0.0; h * w]);
    (0..w).for_each(|c| along(x, &mut columns, c, w, h));
    (0..h).for_each(|r| along(&columns, &mut both, r * w, 1, w));
    both
}

impl Raster {
    /// Blurs every channel with a Gaussian of standard deviation `sigma` pixels, cut at 4 `sigma`; outside lies the nearest pixel.
    pub fn blur(&mut self, sigma: f64) {
        let size = self.size();
        self.channels_mut().for_each(|channel| {
            let smooth = blurred(channel, size, sigma, Edge::Nearest);
            channel.copy_from_slice(&smooth);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_the_gaussian_and_nothing_is_lost() {
        let mut x = vec![0.0; 21 * 25];
        x[10 * 25 + 12] = 1.0;
        let y = blurred(&x, [21, 25], 1.5, Edge::Zero);
        assert!((y.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let ratio = y[13 * 25 + 16] / y[10 * 25 + 12];
        assert!((ratio - (-0.5 * 25.0 / 2.25f64).exp()).abs() < 1e-12, "{ratio}");
    }

    #[test]
    fn the_edge_is_continued_or_dark() {
        let mut raster = Raster::new([2, 3, 4], vec![0.7; 24]);
        raster.blur(2.0);
        assert!(raster.values().iter().all(|v| (v - 0.7).abs() < 1e-12));
        assert!(blurred(&[0.7; 12], [3, 4], 2.0, Edge::Zero).iter().all(|&v| v < 0.5));
    }
}
