//! What the model says to the examples themselves.

use super::observed::ModelStatistics;
use super::verdict::{Answer, answers, logits};
use crate::AttackError;
use sparring_oracle::{Batch, Classifier};

/// The model's answers before any attack, and what they give away about it.
pub(super) struct Clean {
    pub answers: Vec<Answer>,
    pub predictions: Vec<usize>,
    /// The examples that are right: those worth attacking.
    pub right: Vec<usize>,
    pub observed: ModelStatistics,
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
        // The first chunk once more, cut the same way, so that only randomness can make a difference: as another query.
        let first = batch.min(x.len());
        let again = logits(model, x.slice(0..first).with_query(x.query() + 1), batch)?;
        let observed = ModelStatistics::of_model(x, model.bounds(), &z, &again, model.classes());
        Ok(Self { answers, predictions, right, observed })
    }
}
