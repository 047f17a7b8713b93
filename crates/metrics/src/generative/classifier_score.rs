//! What a classifier thinks of generated samples: are they sure, are they of all classes?

use super::mean_std::MeanStd;
use crate::MetricsError;

/// How far the probabilities of a row may sum from 1.
const SLACK: f64 = 1e-3;

/// exp of the mean KL(p(y|x) ‖ p(y)) over the samples, in [1, classes]: the inception score of a classifier of one's own; mean and
/// standard deviation over `splits` equal parts, in the order given (what is left over of n / splits joins the parts one by one).
///
/// p(y) is the mean of a part. Says nothing of samples that repeat within a class.
///
/// # Shapes
/// `probabilities` [n, classes]
///
/// # Errors
/// Fewer samples than splits, no split, a broken last row, a NaN, rows that do not sum to 1.
///
/// Source: Salimans et al. 2016 (arXiv:1606.03498), section 4.
///
/// ```
/// // Sure of each, every class as often: as many as there are classes.
/// let score = sparring_metrics::classifier_score(&[1.0, 0.0, 0.0, 1.0], 2, 1)?;
/// assert!((score.mean - 2.0).abs() < 1e-12);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn classifier_score(
    probabilities: &[f32],
    classes: usize,
    splits: usize,
) -> Result<MeanStd, MetricsError> {
    if splits == 0 {
        return Err(MetricsError::Range { what: "splits", must: "at least 1" });
    }
    let n = crate::rows::at_least("probabilities", probabilities, classes, splits)?;
    let wrong = |row: &[f32]| {
        row.iter().any(|&p| p < 0.0) || (row.iter().map(|&p| f64::from(p)).sum::<f64>() - 1.0).abs() > SLACK
    };
    if let Some(example) = probabilities.chunks_exact(classes).position(wrong) {
        return Err(MetricsError::NoDistribution { example });
    }
    let edge = |s: usize| s * (n / splits) + s.min(n % splits);
    let scores: Vec<f64> = (0..splits)
        .map(|s| score(&probabilities[edge(s) * classes..edge(s + 1) * classes], classes))
        .collect();
    Ok(MeanStd::of(&scores))
}

/// Mean KL = Σ_y (mean of p ln p) − p̄ ln p̄.
fn score(part: &[f32], classes: usize) -> f64 {
    let n = (part.len() / classes) as f64;
    let entropy = |p: f64| if p > 0.0 { p * p.ln() } else { 0.0 };
    let mut marginal = vec![0.0; classes];
    let mut certain = 0.0;
    for row in part.chunks_exact(classes) {
        for (m, &p) in marginal.iter_mut().zip(row) {
            *m += f64::from(p) / n;
            certain += entropy(f64::from(p)) / n;
        }
    }
    (certain - marginal.iter().map(|&p| entropy(p)).sum::<f64>()).exp()
}
