//! Stacked MNIST: three digits in three channels, a thousand modes.

use super::class_histogram::ClassHistogram;
use crate::MetricsError;

/// Modes that generated triples of digits hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StackedModes {
    /// Triples that occur, of 1,000.
    pub modes: usize,
    /// KL(generated ‖ uniform) over the 1,000 triples, in nats.
    pub kl: f64,
}

/// [`StackedModes`] of the digits that a classifier reads in the three channels of each sample.
///
/// With finitely many samples the KL of a perfect generator is above 0: about 999 / 2n, 0.02 for the usual 26,000.
///
/// # Errors
/// No sample, or a digit above 9.
///
/// Source: Srivastava et al. 2017 (arXiv:1705.07761); Lin et al. 2018 (arXiv:1712.04086), section 4.2.
///
/// ```
/// let found = sparring_metrics::stacked_modes(&[[0, 0, 1], [9, 9, 9], [0, 0, 1]])?;
/// assert_eq!(found.modes, 2);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn stacked_modes(digits: &[[usize; 3]]) -> Result<StackedModes, MetricsError> {
    for (example, triple) in digits.iter().enumerate() {
        if let Some(&label) = triple.iter().find(|&&d| d > 9) {
            return Err(MetricsError::Label { example, label, classes: 10 });
        }
    }
    let modes: Vec<usize> = digits.iter().map(|[a, b, c]| 100 * a + 10 * b + c).collect();
    let histogram = ClassHistogram::of(&modes, 1000)?;
    let hit = histogram.counts().iter().filter(|&&c| c > 0).count();
    Ok(StackedModes { modes: hit, kl: histogram.kl_to_uniform() })
}
