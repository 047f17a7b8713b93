//! Errors of reconstructions, in every unit that people compare.

use super::features::FeatureFigures;
use serde::Serialize;
use sparring_losses::{BceWithLogits, RowLoss as _, RowReduction};
use sparring_metrics::{MetricsError, bce_floor, explained_variance, mse, psnr};

/// Reconstructed pixels count as at least so far from 0 and 1 in a cross-entropy, which is infinite there.
pub(super) const CLIP: f64 = 1e-3;

/// The error of reconstructions, a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PixelFigures {
    /// Mean squared error.
    pub mse: f64,
    /// 1 − MSE / MSE of the mean training image.
    pub explained: f64,
    /// Decibels, of a scale from 0 to 1.
    pub psnr: f64,
    /// Binary cross-entropy in nats, reconstructed pixels drawn into [0.001, 0.999].
    pub bce: f64,
    /// The same less the entropy of the grey pixels themselves: what is left to learn.
    pub bce_above_floor: f64,
}

impl PixelFigures {
    /// Of the images `x` and their reconstructions `y`, rows of pixels; `mean_image` is the squared error of the mean training image.
    ///
    /// # Errors
    /// Images outside [0, 1], or none.
    pub fn of(x: &[f32], y: &[f32], mean_image: f64) -> Result<Self, MetricsError> {
        let (error, bce) = (mse(x, y), cross_entropy(x, y));
        let bce_above_floor = bce - bce_floor(x)?;
        Ok(Self {
            mse: error,
            explained: explained_variance(error, mean_image),
            psnr: psnr(error, 1.0),
            bce,
            bce_above_floor,
        })
    }
}

/// Mean over pixels of −x ln y − (1 − x) ln(1 − y), y drawn into [[`CLIP`], 1 − `CLIP`].
fn cross_entropy(x: &[f32], y: &[f32]) -> f64 {
    const PIECE: usize = 1024;
    let bce = BceWithLogits { reduction: RowReduction::Sum };
    let (mut unused, mut sum) = ([0.0; PIECE], 0.0);
    for (x, y) in x.chunks(PIECE).zip(y.chunks(PIECE)) {
        let logit = |&y: &f32| {
            let y = f64::from(y).clamp(CLIP, 1.0 - CLIP);
            (y / (1.0 - y)).ln()
        };
        let logits: Vec<f64> = y.iter().map(logit).collect();
        let x: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        sum += bce.eval(&logits, &x, &mut unused[..x.len()]);
    }
    sum / x.len() as f64
}

/// What codes are worth, beside PCA of the same size; what does not apply is absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeFigures {
    /// The model's reconstructions of the test images.
    pub own: PixelFigures,
    /// Those of PCA.
    pub pca: PixelFigures,
    /// Numbers that PCA keeps: those of the code, or the directions that the training images have.
    pub pca_numbers: usize,
    /// MSE of the mean training image for every test image.
    pub mean_image_mse: f64,
    /// Entropy of the grey test pixels in nats a pixel: no cross-entropy is below it.
    pub bce_floor: f64,
    /// How far reconstructions depart from the mean image, in units of how far the images do.
    pub departure_from_mean: f64,
    /// Numbers of the code that do not vary over the test images.
    pub dead_numbers: usize,
    /// Bits a pixel of the test images, all in one zlib stream of level 9, without loss.
    pub zlib_bits_per_pixel: f64,
    /// Classes told from codes.
    pub features: Option<FeatureFigures>,
    /// Area under the ROC curve of the reconstruction error, images unlike the training's against test images.
    pub anomaly_auroc: Option<f64>,
    /// The same of PCA's error.
    pub pca_anomaly_auroc: Option<f64>,
    /// What the unlike images are.
    pub anomalies: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cross_entropy_is_that_of_a_plain_loop_and_has_its_floor() {
        let x: Vec<f32> = (0..3000).map(|i| (i % 11) as f32 / 10.0).collect();
        let y: Vec<f32> = (0..3000).map(|i| (i * 7 % 13) as f32 / 12.0 * 1.2 - 0.1).collect();
        let one = |(x, y): (&f32, &f32)| {
            let (x, y) = (f64::from(*x), f64::from(*y).clamp(1e-3, 0.999));
            -x * y.ln() - (1.0 - x) * (1.0 - y).ln()
        };
        let want = x.iter().zip(&y).map(one).sum::<f64>() / 3000.0;
        let found = PixelFigures::of(&x, &y, 0.1).unwrap();
        assert!((found.bce - want).abs() < 1e-9 * want, "{found:?} {want}");
        let perfect = PixelFigures::of(&x, &x, 0.1).unwrap();
        // Black and white pixels alone pay for the clip: 2 of 11, ln(1 / 0.999) each.
        assert!((perfect.bce_above_floor - 2.0 / 11.0 * -(0.999f64).ln()).abs() < 1e-6, "{perfect:?}");
        assert_eq!((perfect.mse, perfect.explained, perfect.psnr), (0.0, 1.0, f64::INFINITY));
        assert!(PixelFigures::of(&[1.5], &[1.0], 0.1).is_err());
    }
}
