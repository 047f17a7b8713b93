//! Projected gradient ascent: FGSM is one step of it, PGD forty.

use super::{Origin, Search};
use crate::goal::check_input;
use crate::scratch::Scratch;
use crate::{AttackError, AttackInfo, Goal, StepSize, Stop, Threat};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Differentiable};
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
    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        threat.validate()?;
        self.about.admits(threat)?;
        check_input(model, x, goal, out)?;
        let (bounds, norm, classes) = (model.bounds(), threat.norm.get(), model.classes());
        let step = self.step.at(threat.norm, threat.eps, self.steps);
        let mut grad = Scratch::zeros(x.data().len());
        let mut direction = Scratch::zeros(x.dim());
        let judged = if self.restarts > 1 { x.len() * classes } else { 0 };
        let (mut logits, mut scratch) = (Scratch::zeros(judged), Scratch::zeros(judged));
        let mut search = Search::new(x, goal, self.loss, self.stop, classes, out);
        for restart in 0..self.restarts {
            let key = key.child(restart as u64);
            // Counted by restart and step, not by calls made: how many those are depends on the examples beside one.
            let query = |step: usize| x.query() + (restart * (self.steps + 1) + step) as u64;
            search.begin(|row, id, x, adv| {
                self.from.place(threat, bounds, key.rng(id), row, x, &mut direction, adv);
            });
            for i in 0..self.steps {
                if search.is_done() {
                    break;
                }
                search.pullback(model, query(i), &mut grad)?;
                search.advance(&grad, |x, grad, adv| {
                    norm.step(x, grad, step, threat.eps, bounds, adv);
                });
            }
            if self.restarts > 1 {
                search.keep_better(model, query(self.steps), &mut logits, &mut scratch)?;
            } else {
                search.keep_all();
            }
        }
        Ok(())
    }
}
