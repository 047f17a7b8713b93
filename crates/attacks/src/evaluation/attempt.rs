//! One attack on its examples: proposed, judged, and where a stand-in proposed, tried again on the model itself.

use super::Finding;
use super::propose::{Chosen, Proposer, ProposerRole, Task};
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
    pub findings: Vec<Finding>,
}

/// `attack`, called `name` in findings, on the examples of the task.
pub(super) fn attempt<M, P, A>(
    model: &M,
    proposer: Option<Proposer<'_, P>>,
    attack: &A,
    name: &str,
    task: &Task<'_>,
) -> Result<Attempt, AttackError>
where
    M: Classifier + Sync + ?Sized,
    P: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
{
    let Some(p) = proposer else { return Attempt::judged(model, model, attack, name, task) };
    let mut first = Attempt::judged(model, p.model, attack, name, task)?;
    if p.role == ProposerRole::Surrogate {
        return Ok(first);
    }
    let early = task.left_early(p.model, &first.proposals, &first.answers)?;
    let chosen = Chosen::new(task.x, task.labels, &early);
    let again = Task { x: chosen.batch()?, labels: &chosen.labels, told: &|_| (), ..*task };
    let second = Attempt::judged(model, model, attack, name, &again)?;
    first.improve(&early, second, task.x.dim());
    Ok(first)
}

impl Attempt {
    /// Proposals that climb `on`, judged by `model`.
    fn judged<M, P, A>(
        model: &M,
        on: &P,
        attack: &A,
        name: &str,
        task: &Task<'_>,
    ) -> Result<Self, AttackError>
    where
        M: Classifier + Sync + ?Sized,
        P: Classifier + Sync + ?Sized,
        A: for<'m> Attack<Counting<&'m P>> + Sync,
    {
        let start = Instant::now();
        let (mut proposals, counts) = task.propose(attack, on)?;
        let seconds = start.elapsed().as_secs_f64();
        let non_finite = counts.non_finite_gradients;
        let (answers, findings) =
            judge(model, task.x, task.labels, task.threat, name, non_finite, &mut proposals, task.batch)?;
        Ok(Self { answers, proposals, counts, seconds, findings })
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
        self.findings.extend(second.findings);
    }
}
