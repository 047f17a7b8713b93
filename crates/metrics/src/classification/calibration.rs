//! Is a classifier as sure as it may be?

/// Expected calibration error Σ_b (n_b / n)·|accuracy_b − mean confidence_b| over `bins` bins of equal width, bin `i` being (i/bins, (i+1)/bins].
///
/// `confidences` are the probabilities of the predicted classes, `right` says which predictions were right. 0: of the predictions
/// made with 80 % confidence, 80 % are right. NaN for no examples. A confidence outside [0, 1] counts in the nearest bin.
///
/// # Panics
/// If the two slices differ in length, or without bins.
///
/// Source: Guo et al., On calibration of modern neural networks, ICML (2017).
///
/// ```
/// // Twice 75 % sure, once right.
/// assert_eq!(sparring_metrics::calibration_error(&[0.75, 0.75], &[true, false], 15), 0.25);
/// ```
#[track_caller]
pub fn calibration_error(confidences: &[f64], right: &[bool], bins: usize) -> f64 {
    assert_eq!(
        confidences.len(),
        right.len(),
        "calibration_error: {} confidences for {} predictions",
        confidences.len(),
        right.len()
    );
    assert!(bins > 0, "calibration_error: no bins");
    // n_b·(accuracy_b − mean confidence_b) is a sum over the bin.
    let mut surplus = vec![0.0; bins];
    for (&confidence, &right) in confidences.iter().zip(right) {
        let bin = (confidence * bins as f64).ceil().max(1.0) as usize - 1;
        surplus[bin.min(bins - 1)] += f64::from(u8::from(right)) - confidence;
    }
    surplus.iter().map(|s: &f64| s.abs()).sum::<f64>() / confidences.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_closed_above() {
        // Two bins: 0.5 lies in the lower one, alone; in one bin with 0.75 the two errors would cancel in part.
        assert_eq!(calibration_error(&[0.5, 0.75], &[true, false], 2), (0.5 + 0.75) / 2.0);
        assert_eq!(calibration_error(&[0.5, 0.75], &[true, false], 1), 0.25 / 2.0);
        assert_eq!(calibration_error(&[0.0, 1.0], &[false, true], 15), 0.0);
        assert!(calibration_error(&[], &[], 15).is_nan());
    }
}
