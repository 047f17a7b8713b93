//! One pass of a step: its examples, its gradients, the update.

use super::{Fitting, Supervised};
use crate::anomaly::on_tape;
use crate::learner::{Failure, StepContext};
use crate::paired::{Pairs, Statistics};
use crate::parallel::fill;
use crate::{AnyDisplacement, CountedPass, ExampleSource, InnerAttack, Outputs, Penalty, Plan, TrainError};
use sparring_attacks::{Goal, Threat, perturb_chunked_on};
use sparring_autograd::Tape;
use sparring_datasets::{BatchRows, MiniBatch};
use sparring_losses::PairLoss;
use sparring_models::ClassifierNet;
use sparring_nn::{Cx, Mode, Randomness, Victim};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_tensor::{Array, team};

/// The loss of pairs, where the step has any: without an attack it reads clean examples alone.
pub(super) fn pairs_of(plan: &Plan) -> Option<&dyn PairLoss<f32>> {
    match (&plan.outputs, &plan.examples) {
        (Outputs::Paired(loss), ExampleSource::Attack(..)) => Some(&**loss),
        _ => None,
    }
}

/// Examples a thread attacks at a time; no bit depends on it.
const CHUNK: usize = 32;

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
        let (params, engine) = (&self.model.net().params, &mut self.trained.engine);
        if pairs_of(plan).is_none() && plan.penalty.is_none() {
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
            return Ok(false);
        }
        fill(batch, rows);
        match &plan.examples {
            ExampleSource::Attack(attack, threat) => self.attack(&**attack, threat, batch, key)?,
            _ => self.carried.apply(&batch.x, ClassifierNet::BOUNDS, &mut self.other),
        }
        let moves = pairs_of(plan).is_none();
        if moves {
            std::mem::swap(&mut batch.x, &mut self.other);
        }
        Ok(moves)
    }
    /// Makes the adversarial examples of a batch, whose pixels are filled in.
    fn attack(
        &mut self,
        attack: &InnerAttack,
        threat: &Threat,
        batch: &MiniBatch,
        key: Key,
    ) -> Result<(), TrainError> {
        self.other.resize(batch.x.len(), 0.0);
        let x = Batch::new(&batch.x, batch.shape, &batch.ids).map_err(|e| TrainError::Data(e.to_string()))?;
        let goal = Goal::Untargeted(&batch.labels);
        let key = key.named("defense");
        let victim = Victim::of_compiled(self.trained.engine.compiled(), batch.shape, ClassifierNet::BOUNDS);
        let out = &mut self.other;
        // The team's threads, which run the rest of the step, not rayon's.
        perturb_chunked_on(attack, &victim, x, goal, threat, key, out, CHUNK, &|out, size, run| {
            team::for_each_chunk(out, size, run);
        })?;
        Ok(())
    }
    /// Gradients of the pass on its examples.
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
        let engine = &mut self.trained.engine;
        if let Some(loss) = pairs_of(plan) {
            let (labels, ids, clean, adversarial) = (&batch.labels, &batch.ids, &batch.x, &self.other);
            let pairs = Pairs { labels, ids, clean, adversarial, smoothing: self.smoothing, statistics };
            return pairs.gradients(engine, &self.model.net().params, loss, key);
        }
        let dim = batch.shape.iter().product::<usize>();
        let row = |i: usize, to: &mut [f32]| match batch.x.get(i * dim..(i + 1) * dim) {
            Some(x) => to.copy_from_slice(x),
            None => rows.write(i, to),
        };
        let draw = Randomness { mode: Mode::Train, key, ids: &batch.ids };
        let (n, grad) = (batch.len(), &mut self.carried.grad);
        let [loss, right, _] = M::with_objective(batch, self.smoothing, |objective| match plan.examples {
            ExampleSource::Carried { .. } => engine.gradients_with_input(n, &row, draw, objective, grad),
            _ => engine.gradients(n, &row, draw, objective),
        });
        if statistics == Statistics::Forgotten {
            engine.forget_statistics();
        }
        let penalty = match &plan.penalty {
            Some(penalty) if loss.is_finite() => self.penalty(&**penalty, batch, key)?,
            _ => 0.0,
        };
        let loss = loss + penalty;
        if loss.is_finite() { Ok([loss, right]) } else { Err(Failure::Loss(loss)) }
    }
    /// Adds the gradients of a penalty to those found last; its value. It has no part in running statistics.
    fn penalty(&mut self, penalty: &dyn Penalty, batch: &MiniBatch, key: Key) -> Result<f64, Failure> {
        self.trained.store(self.model.net_mut());
        let (net, engine) = (self.model.net(), &mut self.trained.engine);
        engine.accumulate(&net.params)?;
        let tape = Tape::new();
        let cx = Cx::train(&tape, key.named("penalty"), &batch.ids);
        let term = penalty.term(net, &cx, &self.other, batch, key.named("penalty noise"));
        if let Some(at) = self
            .anomaly
            .then(|| on_tape(&tape, (term, Array::scalar(1.0)), |_| "the penalty".into()))
            .flatten()
        {
            return Err(Failure::Anomaly(at));
        }
        let value = f64::from(term.item());
        let grads = tape.backward(term, Array::scalar(1.0));
        let found = net.params.iter().filter_map(|p| Some((p.id(), grads.param(p.id())?.as_slice())));
        engine.accumulate_with(&net.params, found)?;
        Ok(value)
    }
}
