//! What a diagnosis works on.

use crate::evaluation::attempt::attempt;
use crate::evaluation::propose::{Chosen, Proposer, Task};
use crate::{AnyAttack, AttackError, Counts, Threat};
use sparring_oracle::Differentiable;
use sparring_seed::Key;

/// The examples that a diagnosis attacks, and how.
pub(super) struct Subject<'a, M: ?Sized> {
    pub model: &'a M,
    /// Examples that the model gets right.
    pub chosen: &'a Chosen,
    pub threat: Threat,
    pub key: Key,
    /// Queries of Square.
    pub queries: usize,
    /// Random points of the ball.
    pub samples: usize,
    /// Examples that go through the model at once at most.
    pub batch: usize,
}

impl<M: Differentiable + Sync + ?Sized> Subject<'_, M> {
    pub fn len(&self) -> usize {
        self.chosen.labels.len()
    }
    /// Which of the examples `which` the attack fools within `eps`, and what it asked of the model.
    pub fn fooled(
        &self,
        attack: &AnyAttack,
        eps: f32,
        which: &[usize],
    ) -> Result<(Vec<usize>, Counts), AttackError> {
        let some = Chosen::new(self.chosen.batch()?, &self.chosen.labels, which);
        let task = Task {
            x: some.batch()?,
            labels: &some.labels,
            threat: &Threat { eps, ..self.threat },
            key: self.key.named(attack.info().name),
            batch: self.batch,
            told: &|_| (),
        };
        let done = attempt(self.model, None::<Proposer<'_, M>>, attack, &task)?;
        let wrong = done.answers.iter().zip(&some.labels).map(|(answer, &y)| answer.prediction != y);
        Ok((which.iter().zip(wrong).filter(|(_, wrong)| *wrong).map(|(&i, _)| i).collect(), done.counts))
    }
}
