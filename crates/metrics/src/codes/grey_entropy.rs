//! The cross-entropy that no reconstruction of grey pixels can go below.

use crate::MetricsError;

/// Mean of −x ln x − (1 − x) ln(1 − x) over all pixels, in nats: the binary cross-entropy of a perfect reconstruction.
///
/// Subtract it from a reconstruction's binary cross-entropy to see what is left to learn: 0.058 a pixel on MNIST.
///
/// # Errors
/// No pixel, or one outside [0, 1].
///
/// ```
/// let floor = sparring_metrics::bce_floor(&[0.0, 1.0, 0.5, 0.5])?;
/// assert!((floor - 0.5 * 2f64.ln()).abs() < 1e-15);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn bce_floor(pixels: &[f32]) -> Result<f64, MetricsError> {
    if pixels.is_empty() {
        return Err(MetricsError::Empty);
    }
    if !pixels.iter().all(|x| (0.0..=1.0).contains(x)) {
        return Err(MetricsError::Range { what: "pixels", must: "in [0, 1]" });
    }
    let part = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    let sum: f64 = pixels.iter().map(|&x| part(f64::from(x)) + part(1.0 - f64::from(x))).sum();
    Ok(sum / pixels.len() as f64)
}
