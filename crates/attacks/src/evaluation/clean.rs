//! What the model says to the examples themselves.

use super::findings::{Finding, probabilities, random_output, units};
use super::verdict::{Answer, answers, logits};
use crate::AttackError;
use sparring_oracle::{Batch, Classifier};

/// The model's answers before any attack, and what they give away about it.
pub(super) struct Clean {
    pub answers: Vec<Answer>,
    pub predictions: Vec<usize>,
    /// The examples that are right: those worth attacking.
    pub right: Vec<usize>,
    /// Of all examples.
    pub logits: Vec<f32>,
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
        let findings = doubts(model, x, &z, batch)?;
        Ok(Self { answers, predictions, right, logits: z, findings })
    }
}

/// Probabilities instead of logits, randomness, units.
fn doubts<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    z: &[f32],
    batch: usize,
) -> Result<Vec<Finding>, AttackError> {
    // The first chunk once more, cut the same way, so that only randomness can make a difference: as another query.
    let first = batch.min(x.len());
    let again = logits(model, x.slice(0..first).with_query(x.query() + 1), batch)?;
    Ok(vec![random_output(z, &again), probabilities(z, model.classes()), units(x, model.bounds())])
}
