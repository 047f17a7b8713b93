//! One attack on its examples: proposed, judged, and where a stand-in proposed, tried again on the model itself.

use super::propose::{Chosen, Proposer, ProposerRole, Task};
use super::report::Refused;
use super::verdict::{Answer, judge};
use crate::{Attack, AttackError, Counting, Counts};
use sparring_oracle::Classifier;
use std::time::Instant;

/// What came of an attack.
pub(super) struct Attempt {
    /// The model's answers to the proposals that count, the example itself in place of the others.
    pub answers: Vec<Answer>,
    pub proposals: Vec<f32>,
    pub counts: Counts,
    /// Of the attack, without the judge.
    pub seconds: f64,
    pub refused: Refused,
}

/// `attack` on the examples of the task.
pub(super) fn attempt<M, P, A>(
    model: &M,
    proposer: Option<Proposer<'_, P>>,
    attack: &A,
    task: &Task<'_>,
) -> Result<Attempt, AttackError>
where
    M: Classifier + Sync + ?Sized,
    P: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
{
    let Some(p) = proposer else { return Attempt::judged(model, model, attack, task) };
    let mut first = Attempt::judged(model, p.model, attack, task)?;
    if p.role == ProposerRole::Surrogate {
        return Ok(first);
    }
    let early = task.left_early(p.model, &first.proposals, &first.answers)?;
    let chosen = Chosen::new(task.x, task.labels, &early);
    let again = Task { x: chosen.batch()?, labels: &chosen.labels, told: &|_| (), ..*task };
    let second = Attempt::judged(model, model, attack, &again)?;
    first.improve(&early, second, task.x.dim());
    Ok(first)
}

impl Attempt {
    /// Proposals that climb `on`, judged by `model`.
    fn judged<M, P, A>(model: &M, on: &P, attack: &A, task: &Task<'_>) -> Result<Self, AttackError>
    where
        M: Classifier + Sync + ?Sized,
        P: Classifier + Sync + ?Sized,
        A: for<'m> Attack<Counting<&'m P>> + Sync,
    {
        let start = Instant::now();
        let (mut proposals, counts) = task.propose(attack, on)?;
        let seconds = start.elapsed().as_secs_f64();
        let (answers, refused) = judge(model, task.x, task.labels, task.threat, &mut proposals, task.batch)?;
        Ok(Self { answers, proposals, counts, seconds, refused })
    }

    /// Takes over what a second attempt at the examples `which` found better.
    fn improve(&mut self, which: &[usize], second: Self, dim: usize) {
        for (i, (&k, answer)) in which.iter().zip(&second.answers).enumerate() {
            if answer.margin < self.answers[k].margin {
                self.answers[k] = *answer;
                self.proposals[k * dim..(k + 1) * dim]
                    .copy_from_slice(&second.proposals[i * dim..(i + 1) * dim]);
            }
        }
        self.counts = self.counts + second.counts;
        self.seconds += second.seconds;
        self.refused.add(&second.refused);
    }
}
