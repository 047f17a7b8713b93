//! Projected gradient ascent: FGSM is one step of it, PGD forty.

use super::diversity::{Copied, Diversity};
use super::rule::{Memory, Rule};
use super::{Objective, OfClass, Origin, Said, gradients, logits};
use crate::kept::Kept;
use crate::live::{Live, PerCandidate, Table};
use crate::scratch::Scratch;
use crate::{AttackError, AttackInfo, Goal, Start, StepSize, Stop, Threat};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable};
use sparring_seed::Key;

/// x ← box ∩ ball of (x + a step by `rule`), `steps` times, from `restarts` starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ascent<'a> {
    /// The attack that walks.
    pub(crate) about: &'static AttackInfo,
    pub(crate) loss: AnyClassLoss,
    pub(crate) from: Origin<'a>,
    /// Length of a step.
    pub(crate) step: StepSize,
    pub(crate) steps: usize,
    pub(crate) restarts: usize,
    pub(crate) stop: Stop,
    pub(crate) rule: Rule,
    /// Gradients averaged at each point.
    pub(crate) eot: usize,
    /// The gradient is taken at a copy of the point. A walk that looks elsewhere than at its points is not to be stopped by what it sees there.
    pub(crate) diversity: Option<Diversity>,
}

impl Ascent<'_> {
    /// One step of eps from the example, which nothing stops.
    pub(crate) fn one_step(about: &'static AttackInfo, loss: AnyClassLoss) -> Self {
        let from = Origin::Start(Start::Clean);
        let step = StepSize::Relative(1.0);
        let (rule, stop) = (Rule::Steepest, Stop::Never);
        Self { about, loss, from, step, steps: 1, restarts: 1, stop, rule, eot: 1, diversity: None }
    }

    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.about.begin(model, x, goal, threat, out)?;
        let (dim, bounds) = (x.dim(), model.bounds());
        let step = self.step.at(threat.norm, threat.eps, self.steps);
        // The direction is that of the loss asked for, and it never vanishes; a mean of gradients has that of the loss itself alone.
        let loss = if self.eot > 1 { self.loss } else { self.loss.unsaturated() };
        let objective = OfClass { goal, loss };
        let elsewhere = self.diversity.is_some() || matches!(self.rule, Rule::Momentum { ahead: true, .. });
        let mut direction = Scratch::zeros(dim);
        let mut kept = Kept::new(out, dim);
        for restart in 0..self.restarts {
            let mut live = match self.stop {
                Stop::WhenFooled => Live::of(x, kept.standing()),
                Stop::Never => Live::of(x, 0..x.len()),
            };
            if live.is_empty() {
                return Ok(());
            }
            let n = live.len();
            let (mut points, mut grad) = (Table::zeros(n, dim), Table::zeros(n, dim));
            let mut said = vec![Said::NOTHING; n];
            let mut spare = Table::zeros(if self.eot > 1 { n } else { 0 }, dim);
            let mut seen = Table::zeros(if elsewhere { n } else { 0 }, dim);
            let mut memory = Memory::new(self.rule, threat, bounds, step, (n, dim));
            let key = key.child(restart as u64);
            for k in 0..n {
                let (row, rng) = (live.row(k), key.rng(live.id(k)));
                self.from.place(threat, bounds, rng, row, x.row(row), &mut direction, points.row_mut(k));
            }
            // Counted by restart and step, not by calls made: how many those are depends on the examples beside one.
            let query = |step: usize| {
                let walked = (restart as u64).wrapping_mul(self.steps as u64 + 1).wrapping_add(step as u64);
                x.query().wrapping_add(walked.wrapping_mul(self.eot as u64))
            };
            for i in 0..self.steps {
                if live.is_empty() {
                    break;
                }
                let mut copies = Vec::new();
                if elsewhere {
                    copies = self.look(x, &live, &points, &memory, key.child(i as u64), bounds, &mut seen);
                }
                let at = if elsewhere { &seen } else { &points };
                let asked = (query(i), self.eot);
                gradients(model, &objective, x, &live, at, asked, &mut said, &mut grad, &mut spare)?;
                for (k, copied) in copies.iter().enumerate() {
                    if let Some(copied) = copied {
                        direction.copy_from_slice(grad.row(k));
                        copied.adjoint(&direction, grad.row_mut(k));
                    }
                }
                if self.stop == Stop::WhenFooled {
                    for k in (0..live.len()).filter(|&k| said[k].reached) {
                        kept.offer(live.row(k), points.row(k), said[k]);
                    }
                    let state: [&mut dyn PerCandidate; 2] = [&mut points, &mut grad];
                    let mut state: Vec<_> = state.into_iter().chain(memory.kept()).collect();
                    live.retain(|k| !said[k].reached, &mut state);
                }
                for k in 0..live.len() {
                    memory.step(k, i, x.row(live.row(k)), grad.row(k), points.row_mut(k));
                }
            }
            if self.restarts > 1 {
                offer(model, &objective, x, &live, &points, query(self.steps), &mut kept)?;
            } else {
                // What is left is the answer, and needs no judging.
                (0..live.len()).for_each(|k| kept.answer(live.row(k), points.row(k)));
            }
        }
        Ok(())
    }

    /// Writes where the gradients are taken, and returns by what copy of each point.
    fn look(
        &self,
        x: Batch<'_>,
        live: &Live,
        points: &Table,
        memory: &Memory,
        key: Key,
        bounds: Bounds,
        seen: &mut Table,
    ) -> Vec<Option<Copied>> {
        let mut ahead = Scratch::zeros(x.dim());
        let look = |k: usize| {
            ahead.copy_from_slice(points.row(k));
            memory.ahead(k, &mut ahead);
            let copied = self.diversity.and_then(|d| d.draw(x.shape(), &mut key.rng(live.id(k))));
            match copied {
                Some(copied) => copied.copy(&ahead, bounds.clip(0.0), seen.row_mut(k)),
                None => seen.row_mut(k).copy_from_slice(&ahead),
            }
            copied
        };
        (0..live.len()).map(look).collect()
    }
}

/// One forward of the candidates' points, of which the better are kept.
///
/// # Errors
/// If the model fails or says something that is not finite.
pub(crate) fn offer<M: Classifier + ?Sized>(
    model: &M,
    objective: &dyn Objective,
    x: Batch<'_>,
    live: &Live,
    points: &Table,
    query: u64,
    kept: &mut Kept<'_>,
) -> Result<(), AttackError> {
    let (m, classes) = (live.len(), model.classes());
    if m == 0 {
        return Ok(());
    }
    let (mut z, mut dz, mut said) =
        (Table::zeros(m, classes), Scratch::zeros(m * classes), vec![Said::NOTHING; m]);
    logits(model, x, live, points, query, &mut z)?;
    objective.judge(live.rows(), z.first(m), &mut dz, &mut said);
    (0..m).for_each(|k| kept.offer(live.row(k), points.row(k), said[k]));
    Ok(())
}
