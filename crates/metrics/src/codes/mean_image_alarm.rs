//! Has an autoencoder learnt more than one picture?

use crate::MetricsError;
use crate::rows::count;

/// Below this [`departure_from_mean`] a model answers the mean image whatever it sees.
pub const MEAN_IMAGE_LIMIT: f64 = 0.01;

/// How far reconstructions depart from the mean image, in units of how far the images do: mean |r − m|² over mean |x − m|².
///
/// 0 if every answer is the mean image m (mostly of the training set), about 1 for a good reconstruction, the explained variance for
/// the best linear code. Images without variance give 0, or infinity if the reconstructions depart nevertheless.
///
/// # Shapes
/// `reconstructions` and `images` [n, dim], `mean` `[dim]`
///
/// # Errors
/// Slices of different size, no rows, a NaN or infinity.
///
/// ```
/// use sparring_metrics::{MEAN_IMAGE_LIMIT, departure_from_mean};
/// let images = [0.0, 0.0, 1.0, 1.0];
/// assert!(departure_from_mean(&[0.5, 0.5, 0.49, 0.51], &images, &[0.5, 0.5])? < MEAN_IMAGE_LIMIT);
/// assert_eq!(departure_from_mean(&images, &images, &[0.5, 0.5])?, 1.0);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn departure_from_mean(
    reconstructions: &[f32],
    images: &[f32],
    mean: &[f64],
) -> Result<f64, MetricsError> {
    count(images, mean.len())?;
    if reconstructions.len() != images.len() {
        let (given, expected) = (reconstructions.len(), images.len());
        return Err(MetricsError::Length { what: "reconstructions", given, expected });
    }
    count(reconstructions, mean.len())?;
    if !mean.iter().all(|m| m.is_finite()) {
        return Err(MetricsError::Range { what: "mean image", must: "finite" });
    }
    let spread = |rows: &[f32]| -> f64 {
        rows.chunks_exact(mean.len())
            .map(|row| row.iter().zip(mean).map(|(&x, m)| (f64::from(x) - m).powi(2)).sum::<f64>())
            .sum()
    };
    let (of_answers, of_images) = (spread(reconstructions), spread(images));
    Ok(if of_answers == 0.0 { 0.0 } else { of_answers / of_images })
}
