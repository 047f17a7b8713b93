//! What the model says to the examples themselves.

use super::Finding;
use super::verdict::{Answer, answers, logits};
use crate::AttackError;
use sparring_oracle::{Batch, Classifier};

/// The model's answers before any attack, and what they give away about it.
pub(super) struct Clean {
    pub answers: Vec<Answer>,
    pub predictions: Vec<usize>,
    /// The examples that are right: those worth attacking.
    pub right: Vec<usize>,
    pub findings: Vec<Finding>,
}

impl Clean {
    pub fn look<M: Classifier + Sync + ?Sized>(
        model: &M,
        x: Batch<'_>,
        y: &[usize],
        batch: usize,
    ) -> Result<Self, AttackError> {
        let z = logits(model, x, batch)?;
        let answers = answers(&z, model.classes(), y);
        let predictions: Vec<usize> = answers.iter().map(|a| a.prediction).collect();
        let right = (0..x.len()).filter(|&i| predictions[i] == y[i]).collect();
        Ok(Self { answers, predictions, right, findings: doubts(model, x, &z, batch)? })
    }
}

/// Probabilities instead of logits, randomness.
fn doubts<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    z: &[f32],
    batch: usize,
) -> Result<Vec<Finding>, AttackError> {
    let mut findings = Vec::new();
    let distribution =
        |row: &[f32]| row.iter().all(|p| *p >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3;
    if z.chunks_exact(model.classes()).all(distribution) {
        findings.push(Finding::LooksLikeProbabilities);
    }
    // The first chunk once more, cut the same way, so that only randomness can make a difference: as another query.
    let first = batch.min(x.len());
    let again = logits(model, x.slice(0..first).with_query(x.query() + 1), batch)?;
    let difference = again.iter().zip(z).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let scale = again.iter().fold(1.0_f32, |m, z| m.max(z.abs()));
    if difference > 1e-5 * scale {
        findings.push(Finding::Randomised { difference });
    }
    Ok(findings)
}
