//! Projected gradient ascent: FGSM is one step of it, PGD forty.

use super::{Objective, OfClass, Origin, Said, gradients, logits};
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::scratch::Scratch;
use crate::{AttackError, AttackInfo, Goal, Start, StepSize, Stop, Threat};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Classifier, Differentiable};
use sparring_seed::Key;

/// x ← box ∩ ball of (x + step · steepest(∇ objective)), `steps` times, from `restarts` starts.
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
}

impl Ascent<'_> {
    /// One step of eps from the example, which nothing stops.
    pub(crate) fn one_step(about: &'static AttackInfo, loss: AnyClassLoss) -> Self {
        let from = Origin::Start(Start::Clean);
        let step = StepSize::Relative(1.0);
        Self { about, loss, from, step, steps: 1, restarts: 1, stop: Stop::Never }
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
        let (dim, bounds, norm) = (x.dim(), model.bounds(), threat.norm.get());
        let step = self.step.at(threat.norm, threat.eps, self.steps);
        // The direction is that of the loss asked for, and it never vanishes.
        let objective = OfClass { goal, loss: self.loss.unsaturated() };
        let mut direction = Scratch::zeros(dim);
        let mut kept = Kept::new(out, dim);
        for restart in 0..self.restarts {
            let mut live = match self.stop {
                Stop::WhenFooled => Live::of(x, kept.standing()),
                Stop::Never => Live::of(x, 0..x.len()),
            };
            let n = live.len();
            let (mut points, mut grad) = (Table::zeros(n, dim), Table::zeros(n, dim));
            let mut said = vec![Said::NOTHING; n];
            let key = key.child(restart as u64);
            for k in 0..n {
                let (row, rng) = (live.row(k), key.rng(live.id(k)));
                self.from.place(threat, bounds, rng, row, x.row(row), &mut direction, points.row_mut(k));
            }
            // Counted by restart and step, not by calls made: how many those are depends on the examples beside one.
            let query = |step: usize| x.query() + (restart * (self.steps + 1) + step) as u64;
            for i in 0..self.steps {
                if live.is_empty() {
                    break;
                }
                let spare = &mut Table::zeros(0, dim);
                gradients(model, &objective, x, &live, &points, (query(i), 1), &mut said, &mut grad, spare)?;
                if self.stop == Stop::WhenFooled {
                    for k in (0..live.len()).filter(|&k| said[k].reached) {
                        kept.offer(live.row(k), points.row(k), said[k]);
                    }
                    live.retain(|k| !said[k].reached, &mut [&mut points, &mut grad]);
                }
                for k in 0..live.len() {
                    let x = x.row(live.row(k));
                    norm.step(x, grad.row(k), step, threat.eps, bounds, points.row_mut(k));
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
