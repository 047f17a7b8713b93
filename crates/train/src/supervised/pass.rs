//! One pass of a step: its examples, its gradients, the update.

use super::{Fitting, Supervised};
use crate::anomaly::on_tape;
use crate::learner::{Failure, StepContext};
use crate::objective::{Classification, Shared};
use crate::paired::{Pairs, Statistics};
use crate::parallel::fill;
use crate::{AnyDisplacement, CountedPass, ExampleSource, InnerAttack, Outputs, Penalty, Plan, TrainError};
use sparring_attacks::{Goal, Threat, perturb_chunked_on};
use sparring_autograd::Tape;
use sparring_datasets::{BatchRows, MiniBatch};
use sparring_losses::PairLoss;
use sparring_models::ClassifierNet;
use sparring_nn::{Compiled, Cx, Mode, Objective, Randomness, Victim};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_tensor::{Array, team};
use std::ops::Range;

/// The loss of pairs, where the step has any: without an attack it reads clean examples alone.
pub(super) fn pairs_of(plan: &Plan) -> Option<&dyn PairLoss<f32>> {
    match (&plan.outputs, &plan.examples) {
        (Outputs::Paired(loss), ExampleSource::Attack(..)) => Some(&**loss),
        _ => None,
    }
}

/// Examples a thread attacks at a time; no bit depends on it.
const CHUNK: usize = 32;

/// Makes the adversarial examples of a batch, whose pixels are filled in, of a network as it is.
pub(super) fn perturb(
    attack: &InnerAttack,
    threat: &Threat,
    compiled: &Compiled,
    batch: &MiniBatch,
    key: Key,
    out: &mut Vec<f32>,
) -> Result<(), TrainError> {
    out.resize(batch.x.len(), 0.0);
    let x = Batch::new(&batch.x, batch.shape, &batch.ids).map_err(|e| TrainError::Data(e.to_string()))?;
    let goal = Goal::Untargeted(&batch.labels);
    let key = key.named("defense");
    let victim = Victim::of_compiled(compiled, batch.shape, ClassifierNet::BOUNDS);
    // The team's threads, which run the rest of the step, not rayon's.
    perturb_chunked_on(attack, &victim, x, goal, threat, key, out, CHUNK, &|out, size, run| {
        team::for_each_chunk(out, size, run);
    })?;
    Ok(())
}

impl<M: Supervised> Fitting<'_, M> {
    /// One pass: its mean loss, and how many examples are classified rightly.
    pub(super) fn pass(
        &mut self,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        (key, cx): (Key, &StepContext),
    ) -> Result<[f64; 2], Failure> {
        let moves = self.examples(plan, batch, rows, key)?;
        let layers = key.named("layers");
        let progress = cx.step as f64 / cx.steps as f64;
        let found = match self.displacement.filter(|d| progress > d.warm_up()) {
            None => self.gradients(plan, batch, rows, layers, Statistics::Learned)?,
            Some(displacement) => self.displaced(displacement, plan, batch, rows, layers)?,
        };
        self.trained.update(self.model.net(), cx.lr)?;
        if let ExampleSource::Carried { step_size, threat } = &plan.examples {
            self.carried.step(&self.other, ClassifierNet::BOUNDS, *step_size, threat.eps);
        }
        if moves {
            // The next pass finds the clean examples where they were.
            std::mem::swap(&mut batch.x, &mut self.other);
        }
        Ok(found)
    }
    /// Gradients at displaced weights, which are put back.
    fn displaced(
        &mut self,
        displacement: AnyDisplacement,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
    ) -> Result<[f64; 2], Failure> {
        let of = |pass| match displacement.counts() == pass {
            true => Statistics::Learned,
            false => Statistics::Forgotten,
        };
        let first = self.gradients(plan, batch, rows, key, of(CountedPass::AtWeights))?;
        let adds_up = self.adds_up(plan, batch.len());
        let (params, engine) = (&self.model.net().params, &mut self.trained.engine);
        if !adds_up {
            engine.accumulate(params)?;
        }
        let mut directions = engine.export_gradients(params)?;
        engine.discard();
        displacement.direct(&engine.export_weights(params), &mut directions);
        let all = params.iter().zip(&directions).filter(|(_, d)| !d.is_empty());
        engine.displace(all.map(|(p, d)| (p.id(), d.as_slice())));
        let there = self.gradients(plan, batch, rows, key.named("displaced"), of(CountedPass::Displaced));
        self.trained.engine.put_back();
        let there = there?;
        Ok(if displacement.counts() == CountedPass::Displaced { there } else { first })
    }
    /// Makes the examples of the pass; whether they and the clean ones have changed places.
    fn examples(
        &mut self,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
    ) -> Result<bool, Failure> {
        if let ExampleSource::Clean = plan.examples {
            // A row may be asked for more than once, which is dear where it is more than a conversion.
            if rows.is_augmented() || self.mixing.is_on() || plan.penalty.is_some() {
                fill(batch, rows);
            }
            self.mixing.mix(batch, &mut self.other, key);
            return Ok(false);
        }
        fill(batch, rows);
        match &plan.examples {
            ExampleSource::Attack(attack, threat) => {
                let compiled = self.trained.engine.compiled();
                perturb(&**attack, threat, compiled, batch, key, &mut self.other)?;
            }
            ExampleSource::Corrupted(corruption) => corruption.apply_to(batch, key, &mut self.other),
            _ => self.carried.apply(&batch.x, ClassifierNet::BOUNDS, &mut self.other),
        }
        let moves = pairs_of(plan).is_none();
        if moves {
            std::mem::swap(&mut batch.x, &mut self.other);
        }
        Ok(moves)
    }
    /// Whether the gradients of the pass wait for the update, added up.
    fn adds_up(&self, plan: &Plan, n: usize) -> bool {
        n > self.micro || pairs_of(plan).is_some() || plan.penalty.is_some()
    }
    /// Gradients of the pass on its examples, micro-batch by micro-batch; the mean loss, and how many are classified rightly.
    fn gradients(
        &mut self,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
        statistics: Statistics,
    ) -> Result<[f64; 2], Failure> {
        if self.anomaly {
            self.examined(plan, batch, rows, key)?;
        }
        let (n, mut sums) = (batch.len(), [0.0; 2]);
        self.trained.engine.discard();
        for first in (0..n).step_by(self.micro) {
            let places = first..n.min(first + self.micro);
            let found = self.gradients_of(places, plan, batch, rows, key, statistics)?;
            sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
            if self.adds_up(plan, n) && pairs_of(plan).is_none() && plan.penalty.is_none() {
                self.trained.engine.accumulate(&self.model.net().params)?;
            }
        }
        Ok(sums)
    }
    /// Gradients of some examples of the pass, by their share.
    fn gradients_of(
        &mut self,
        places: Range<usize>,
        plan: &Plan,
        batch: &MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
        statistics: Statistics,
    ) -> Result<[f64; 2], Failure> {
        let engine = &mut self.trained.engine;
        let dim = batch.shape.iter().product::<usize>();
        let (n, first, of, smoothing) = (places.len(), places.start, batch.len(), self.smoothing);
        let (labels, ids) = (&batch.labels[places.clone()], &batch.ids[places.clone()]);
        let numbers = places.start * dim..places.end * dim;
        if let Some(loss) = pairs_of(plan) {
            let (clean, adversarial) = (&batch.x[numbers.clone()], &self.other[numbers]);
            let pairs = Pairs { labels, ids, clean, adversarial, smoothing, statistics, of };
            return pairs.gradients(engine, &self.model.net().params, loss, key);
        }
        let row = |i: usize, to: &mut [f32]| match batch.x.get((first + i) * dim..(first + i + 1) * dim) {
            Some(x) => to.copy_from_slice(x),
            None => rows.write(first + i, to),
        };
        let draw = Randomness { mode: Mode::Train, key, ids };
        let (grad, share) = (&mut self.carried.grad, n as f64 / of as f64);
        let classes = Classification { labels, smoothing, mixed: self.mixing.labels(places.clone()) };
        let clean = match plan.examples {
            ExampleSource::Corrupted(_) => Some(&self.other[numbers.clone()]),
            _ => None,
        };
        let [loss, right, _] = M::with_objective(&classes, clean, |objective| {
            let shared = Shared { of: objective, share };
            let objective: &dyn Objective = if n == of { objective } else { &shared };
            match plan.examples {
                ExampleSource::Carried { .. } => {
                    engine.gradients_with_input(n, &row, draw, objective, &mut grad[numbers])
                }
                _ => engine.gradients(n, &row, draw, objective),
            }
        });
        if statistics == Statistics::Forgotten {
            engine.forget_statistics();
        }
        let penalty = match &plan.penalty {
            Some(penalty) if loss.is_finite() => {
                // Where examples were made of the clean ones, those are in the other place.
                let clean = if let ExampleSource::Clean = plan.examples { &batch.x } else { &self.other };
                let examples = MiniBatch {
                    x: clean[places.start * dim..places.end * dim].to_vec(),
                    labels: batch.labels[places.clone()].to_vec(),
                    ids: batch.ids[places].to_vec(),
                    shape: batch.shape,
                };
                self.penalty(&**penalty, &examples, n as f32 / of as f32, key)?
            }
            _ => 0.0,
        };
        let loss = loss + penalty;
        if loss.is_finite() { Ok([loss, right]) } else { Err(Failure::Loss(loss)) }
    }
    /// Adds the gradients of a penalty on some clean examples, by their share of the batch, to those found last; its value. It has no part in running statistics.
    fn penalty(
        &mut self,
        penalty: &dyn Penalty,
        examples: &MiniBatch,
        share: f32,
        key: Key,
    ) -> Result<f64, Failure> {
        self.trained.store(self.model.net_mut());
        let (net, engine) = (self.model.net(), &mut self.trained.engine);
        engine.accumulate(&net.params)?;
        let tape = Tape::new();
        let cx = Cx::train(&tape, key.named("penalty"), &examples.ids);
        let term = penalty.term(net, &cx, examples, key.named("penalty noise"));
        let seed = Array::scalar(share);
        let found = || on_tape(&tape, (term, seed.clone()), |_| "the penalty".into());
        if let Some(at) = self.anomaly.then(found).flatten() {
            return Err(Failure::Anomaly(at));
        }
        let value = f64::from(term.item() * share);
        let grads = tape.backward(term, seed);
        let found = net.params.iter().filter_map(|p| Some((p.id(), grads.param(p.id())?.as_slice())));
        engine.accumulate_with(&net.params, found)?;
        Ok(value)
    }
}
