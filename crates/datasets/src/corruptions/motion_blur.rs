//! A moving camera.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// The mean along a line of `2 radius + 1` pixels that ends in the pixel, weights half a Gaussian; (radius, sigma) = (10, 3), (15, 5), (15, 8), (15, 12), (20, 15), the angle uniform in ±45°: ImageMagick's filter, which the authors call.
    MotionBlur: "motion_blur", severity 1
}

impl Corruption for MotionBlur {
    const ABOUT: &'static str =
        "weighted mean along a line, half a Gaussian of 3, 5, 8, 12, 15 pixels, within 45° of the rows";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let (radius, sigma) = of(self.severity, [(10, 3.0), (15, 5.0), (15, 8.0), (15, 12.0), (20, 15.0)]);
        let angle = 90.0 * random.uniform_f64() - 45.0;
        smear(image, radius, sigma, angle.to_radians());
    }
}

/// The mean along the line that leaves each pixel at `angle` (from the columns' direction towards the rows'); outside lies the nearest pixel.
fn smear(image: &mut Raster, radius: usize, sigma: f64, angle: f64) {
    let steps = 2 * radius + 1;
    let weights: Vec<f64> = (0..steps).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let offset = |i: usize, share: f64| (i as f64 * share - 0.5).ceil() as isize;
    let line: Vec<(isize, isize)> =
        (0..steps).map(|i| (offset(i, angle.sin()), offset(i, angle.cos()))).collect();
    let [h, w] = image.size();
    for channel in image.channels_mut() {
        let moved: Vec<f64> = (0..h * w)
            .map(|at| {
                let near =
                    |at: usize, off: isize, n: usize| (at as isize + off).clamp(0, n as isize - 1) as usize;
                let seen =
                    |&(dr, dc): &(isize, isize)| channel[near(at / w, dr, h) * w + near(at % w, dc, w)];
                line.iter().zip(&weights).map(|(off, weight)| weight * seen(off)).sum::<f64>() / sum
            })
            .collect();
        channel.copy_from_slice(&moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_line_to_its_left_and_nothing_is_lost() {
        let mut image = Raster::new([1, 9, 60], vec![0.0; 540]);
        image.values_mut()[4 * 60 + 40] = 1.0;
        smear(&mut image, 10, 3.0, 0.0);
        let row = &image.values()[4 * 60..5 * 60];
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12 && row[41] == 0.0 && row[19] == 0.0);
        assert!((row[37] / row[40] - (-0.5f64).exp()).abs() < 1e-12);
        // A diagonal: each step goes one row and one column.
        let mut image = Raster::new([1, 9, 9], vec![0.0; 81]);
        image.values_mut()[4 * 9 + 4] = 1.0;
        smear(&mut image, 1, 1.0, std::f64::consts::FRAC_PI_4);
        let lit: Vec<usize> = (0..81).filter(|&i| image.values()[i] > 0.0).collect();
        assert_eq!(lit, [3 * 9 + 3, 4 * 9 + 4], "two steps of length 1 are one of the diagonal");
    }
}
