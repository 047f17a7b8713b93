//! Classifiers and autoencoders in training: one network, one objective, one method.

use crate::data::{check_data, check_network};
use crate::learner::{EpochTimes, Failure, Learner, LearnerState, StepContext};
use crate::loop_settings::LoopSettings;
use crate::objective::{Classification, Reconstruction};
use crate::observe::{Current, Epoch, Observed};
use crate::paired::Pairs;
use crate::parallel::fill;
use crate::session::Session;
use crate::trained::Trained;
use crate::trouble::broken_layer;
use crate::{AnyDefense, InnerAttack, Outputs, Recipe, TrainError};
use sparring_attacks::{Goal, Threat, perturb_chunked_on};
use sparring_datasets::{BatchRows, Last, MiniBatch, Split};
use sparring_losses::check_targets;
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::{Engine, Mode, Network, NnError, Objective, Randomness, Victim};
use sparring_oracle::Batch;
use sparring_tensor::team;
use std::fmt::Debug;

/// A model with one network that is trained by one objective.
pub trait Supervised: Observed<Epoch = Epoch> + Debug {
    /// Whether right answers are counted.
    const COUNTS: bool;
    /// The network.
    fn net(&self) -> &Network<f32>;
    /// The network, to be brought up to date.
    fn net_mut(&mut self) -> &mut Network<f32>;
    /// The labels are ones that it can learn.
    ///
    /// # Errors
    /// [`TrainError::Data`] naming the first that is not.
    fn check_labels(&self, _: &Split) -> Result<(), TrainError> {
        Ok(())
    }
    /// Calls `f` with the objective of a batch.
    fn with_objective<R>(batch: &MiniBatch, f: impl FnOnce(&dyn Objective) -> R) -> R;
}

impl Supervised for ClassifierNet {
    const COUNTS: bool = true;
    fn net(&self) -> &Network<f32> {
        &self.net
    }
    fn net_mut(&mut self) -> &mut Network<f32> {
        &mut self.net
    }
    fn check_labels(&self, train: &Split) -> Result<(), TrainError> {
        check_targets(&train.labels(), self.classes()).map_err(|e| TrainError::Data(e.to_string()))
    }
    fn with_objective<R>(batch: &MiniBatch, f: impl FnOnce(&dyn Objective) -> R) -> R {
        f(&Classification { labels: &batch.labels })
    }
}

impl Supervised for Autoencoder {
    const COUNTS: bool = false;
    fn net(&self) -> &Network<f32> {
        &self.net
    }
    fn net_mut(&mut self) -> &mut Network<f32> {
        &mut self.net
    }
    fn with_objective<R>(batch: &MiniBatch, f: impl FnOnce(&dyn Objective) -> R) -> R {
        f(&Reconstruction { examples: batch.len() })
    }
}

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    loss: f64,
    right: f64,
    seen: f64,
}

/// A classifier or autoencoder in training.
#[derive(Debug)]
pub struct Fitting<'m, M> {
    model: &'m mut M,
    trained: Trained,
    defense: AnyDefense,
    /// Changes places with the batch's pixels at each step.
    adversarial: Vec<f32>,
    sums: Sums,
}

/// Examples a thread attacks at a time; no bit depends on it.
const CHUNK: usize = 32;

impl<'m, M: Supervised> Fitting<'m, M> {
    /// A training by this recipe, which was checked, as the data were.
    pub(crate) fn session<'d>(
        model: &'m mut M,
        train: &'d Split,
        recipe: &Recipe,
    ) -> Result<Session<'d, Self>, TrainError> {
        let Recipe { epochs, batch, lr, seed, .. } = *recipe;
        let settings =
            LoopSettings { epochs, batch, lr, schedule: recipe.schedule.clone(), seed, last: Last::Keep };
        Self::fits(model, train, &settings)?;
        let plan = recipe.defense.plan(1.0);
        if plan.passes != 1 {
            let must = "a defence of one pass";
            return Err(TrainError::Recipe { field: "defense", value: recipe.defense.to_string(), must });
        }
        let engine = Engine::new(model.net(), recipe.method()).in_precision(recipe.precision);
        let decay = recipe.ema.map(|ema| ema.decay(settings.steps_over(train.len())));
        let mut trained = Trained::new(engine, decay);
        trained.begin_average();
        let (defense, adversarial, sums) = (recipe.defense, Vec::new(), Sums::default());
        Session::new(Self { model, trained, defense, adversarial, sums }, train, settings)
    }
    /// The data are for this model, whose network can be trained on them.
    fn fits(model: &M, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        check_data(train, model.net().graph().input)?;
        model.check_labels(train)?;
        check_network(model.net(), train.len(), settings, 1)
    }
    /// Makes the adversarial examples of a batch, whose pixels are filled in.
    fn attack(
        &mut self,
        (attack, threat): &(Box<InnerAttack>, Threat),
        batch: &MiniBatch,
        cx: &StepContext,
    ) -> Result<(), TrainError> {
        self.adversarial.resize(batch.x.len(), 0.0);
        let x = Batch::new(&batch.x, batch.shape, &batch.ids).map_err(|e| TrainError::Data(e.to_string()))?;
        let goal = Goal::Untargeted(&batch.labels);
        let key = cx.key.named("defense");
        let victim = Victim::of_compiled(self.trained.engine.compiled(), batch.shape, ClassifierNet::BOUNDS);
        let out = &mut self.adversarial;
        // The team's threads, which run the rest of the step, not rayon's.
        perturb_chunked_on(&**attack, &victim, x, goal, threat, key, out, CHUNK, &|out, size, run| {
            team::for_each_chunk(out, size, run);
        })?;
        Ok(())
    }
    /// Gradients of the step: its mean loss, and how many examples are classified rightly.
    fn gradients(
        &mut self,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        cx: &StepContext,
    ) -> Result<[f64; 2], Failure> {
        let plan = self.defense.plan(cx.step as f64 / cx.steps as f64);
        let key = cx.key.named("layers");
        if let Some(attack) = &plan.attack {
            fill(batch, rows);
            self.attack(attack, batch, cx)?;
            if let Outputs::Paired(loss) = &plan.outputs {
                let (params, engine) = (&self.model.net().params, &mut self.trained.engine);
                let (labels, ids) = (&batch.labels, &batch.ids);
                let pairs = Pairs { labels, ids, clean: &batch.x, adversarial: &self.adversarial };
                return pairs.gradients(engine, params, &**loss, key);
            }
            std::mem::swap(&mut batch.x, &mut self.adversarial);
        }
        let given: &MiniBatch = batch;
        let dim = given.shape.iter().product::<usize>();
        let row = |i: usize, to: &mut [f32]| match given.x.get(i * dim..(i + 1) * dim) {
            Some(x) => to.copy_from_slice(x),
            None => rows.write(i, to),
        };
        let draw = Randomness { mode: Mode::Train, key, ids: &given.ids };
        let engine = &mut self.trained.engine;
        let [loss, right, _] =
            M::with_objective(given, |objective| engine.gradients(given.len(), &row, draw, objective));
        if loss.is_finite() { Ok([loss, right]) } else { Err(Failure::Loss(loss)) }
    }
}

impl<M: Supervised> Current<M> for Fitting<'_, M> {
    fn current(&mut self) -> &M {
        self.trained.sync(self.model.net_mut());
        self.model
    }
}

impl<M: Supervised> Learner for Fitting<'_, M> {
    type Model = M;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, train, settings)
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        let [loss, right] = self.gradients(batch, rows, cx)?;
        self.trained.update(self.model.net(), cx.lr)?;
        let n = batch.len() as f64;
        self.sums.loss += loss * n;
        self.sums.right += right;
        self.sums.seen += n;
        Ok(loss)
    }
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, _: &StepContext) -> Option<String> {
        fill(batch, rows);
        broken_layer(self.model.net(), batch)
    }
    fn begin_epoch(&mut self) {
        self.sums = Sums::default();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> Epoch {
        let Sums { loss, right, seen } = std::mem::take(&mut self.sums);
        let EpochTimes { epoch, epochs, lr, seconds, examples } = done;
        Epoch {
            epoch,
            epochs,
            train_loss: loss / seen,
            train_accuracy: M::COUNTS.then_some(right / seen),
            lr,
            seconds,
            examples_per_s: examples as f64 / seconds,
        }
    }
    fn state(&mut self) -> LearnerState {
        let (weights, engine) = self.trained.state(self.model.net());
        let Sums { loss, right, seen } = self.sums;
        LearnerState { networks: vec![(String::new(), weights, engine)], sums: vec![loss, right, seen] }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let ([(_, weights, engine)], &[loss, right, seen]) = (&state.networks[..], &state.sums[..]) else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        self.trained.restore(self.model.net_mut(), (weights, engine))?;
        self.sums = Sums { loss, right, seen };
        Ok(())
    }
}
