//! What a classifier puts out, as probabilities of known size.

use crate::MetricsError;

/// How far the probabilities of an example may sum from 1: rounding, not another scale.
const SLACK: f64 = 1e-3;

/// Checked outputs of `n` examples.
pub(super) struct Outputs<'a> {
    /// As they were given, [n, classes]: what the classes are ranked by.
    pub(super) raw: &'a [f32],
    /// [n, classes], each row sums to 1.
    pub(super) probabilities: Vec<f64>,
    /// Cross-entropy of each example, −ln of the probability of its label.
    pub(super) losses: Vec<f64>,
}

fn check(outputs: &[f32], labels: &[usize], classes: usize) -> Result<(), MetricsError> {
    if labels.is_empty() || classes == 0 {
        return Err(MetricsError::Empty);
    }
    if labels.len().checked_mul(classes) != Some(outputs.len()) {
        return Err(MetricsError::Sizes { len: outputs.len(), examples: labels.len(), classes });
    }
    if let Some(at) = outputs.iter().position(|v| !v.is_finite()) {
        return Err(MetricsError::NotFinite { row: at / classes });
    }
    match labels.iter().position(|&l| l >= classes) {
        Some(example) => Err(MetricsError::Label { example, label: labels[example], classes }),
        None => Ok(()),
    }
}

impl<'a> Outputs<'a> {
    /// Softmax of each row in f64; a loss by log-sum-exp, so that it is finite where the probability underflows.
    pub(super) fn of_logits(raw: &'a [f32], labels: &[usize], classes: usize) -> Result<Self, MetricsError> {
        check(raw, labels, classes)?;
        let (mut probabilities, mut losses) =
            (Vec::with_capacity(raw.len()), Vec::with_capacity(labels.len()));
        for (row, &label) in raw.chunks_exact(classes).zip(labels) {
            let most = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            let start = probabilities.len();
            probabilities.extend(row.iter().map(|&z| (f64::from(z) - most).exp()));
            let sum: f64 = probabilities[start..].iter().sum();
            probabilities[start..].iter_mut().for_each(|p| *p /= sum);
            losses.push(sum.ln() - (f64::from(row[label]) - most));
        }
        Ok(Self { raw, probabilities, losses })
    }

    pub(super) fn of_probabilities(
        raw: &'a [f32],
        labels: &[usize],
        classes: usize,
    ) -> Result<Self, MetricsError> {
        check(raw, labels, classes)?;
        let mut losses = Vec::with_capacity(labels.len());
        for (example, (row, &label)) in raw.chunks_exact(classes).zip(labels).enumerate() {
            let sum: f64 = row.iter().map(|&p| f64::from(p)).sum();
            if row.iter().any(|&p| p < 0.0) || (sum - 1.0).abs() > SLACK {
                return Err(MetricsError::NoDistribution { example });
            }
            losses.push(-f64::from(row[label]).ln());
        }
        Ok(Self { raw, probabilities: raw.iter().map(|&p| f64::from(p)).collect(), losses })
    }
}
