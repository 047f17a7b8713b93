//! Likelihoods in other units.

/// `nats` an image, such as a negative ELBO, as bits a pixel: nats / (pixels ln 2); NaN or infinite for no pixels.
///
/// ```
/// assert_eq!(sparring_metrics::bits_per_pixel(784.0 * 2f64.ln(), 784), 1.0);
/// ```
pub fn bits_per_pixel(nats: f64, pixels: usize) -> f64 {
    nats / (pixels as f64 * std::f64::consts::LN_2)
}
