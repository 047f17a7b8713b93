//! One pass of a step: its examples, its gradients, the update.

use super::{Fitting, Supervised};
use crate::learner::{Failure, StepContext};
use crate::paired::Pairs;
use crate::parallel::fill;
use crate::{ExampleSource, InnerAttack, Outputs, Plan, TrainError};
use sparring_attacks::{Goal, Threat, perturb_chunked_on};
use sparring_datasets::{BatchRows, MiniBatch};
use sparring_models::ClassifierNet;
use sparring_nn::{Mode, Randomness, Victim};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_tensor::team;

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
        let found = self.gradients(plan, batch, rows, key)?;
        self.trained.update(self.model.net(), cx.lr)?;
        if let ExampleSource::Carried { step_size, threat } = &plan.examples {
            self.carried.step(&self.other, ClassifierNet::BOUNDS, *step_size, threat.eps);
        }
        if matches!(
            (&plan.examples, &plan.outputs),
            (ExampleSource::Attack(..) | ExampleSource::Carried { .. }, Outputs::One)
        ) {
            // The next pass finds the clean examples where they were.
            std::mem::swap(&mut batch.x, &mut self.other);
        }
        Ok(found)
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
    /// Gradients of the pass. Where it has examples of its own, they and the clean ones have changed places after it, also if it fails.
    fn gradients(
        &mut self,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
    ) -> Result<[f64; 2], Failure> {
        let layers = key.named("layers");
        match &plan.examples {
            ExampleSource::Clean => {}
            ExampleSource::Attack(attack, threat) => {
                fill(batch, rows);
                self.attack(&**attack, threat, batch, key)?;
                if let Outputs::Paired(loss) = &plan.outputs {
                    let (params, engine) = (&self.model.net().params, &mut self.trained.engine);
                    let (labels, ids) = (&batch.labels, &batch.ids);
                    let (clean, adversarial) = (&batch.x, &self.other);
                    let pairs = Pairs { labels, ids, clean, adversarial, smoothing: self.smoothing };
                    return pairs.gradients(engine, params, &**loss, layers);
                }
                std::mem::swap(&mut batch.x, &mut self.other);
            }
            ExampleSource::Carried { .. } => {
                fill(batch, rows);
                self.carried.apply(&batch.x, ClassifierNet::BOUNDS, &mut self.other);
                std::mem::swap(&mut batch.x, &mut self.other);
            }
        }
        let given: &MiniBatch = batch;
        let dim = given.shape.iter().product::<usize>();
        let row = |i: usize, to: &mut [f32]| match given.x.get(i * dim..(i + 1) * dim) {
            Some(x) => to.copy_from_slice(x),
            None => rows.write(i, to),
        };
        let draw = Randomness { mode: Mode::Train, key: layers, ids: &given.ids };
        let (n, engine, grad) = (given.len(), &mut self.trained.engine, &mut self.carried.grad);
        let [loss, right, _] = M::with_objective(given, self.smoothing, |objective| match plan.examples {
            ExampleSource::Carried { .. } => engine.gradients_with_input(n, &row, draw, objective, grad),
            _ => engine.gradients(n, &row, draw, objective),
        });
        if loss.is_finite() { Ok([loss, right]) } else { Err(Failure::Loss(loss)) }
    }
}
