//! Classifiers and autoencoders in training: one network, one objective, one method.

use crate::carried::Carried;
use crate::data::{check_data, check_network};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::mixing::Mixing;
use crate::objective::{Classification, Denoised, Reconstruction};
use crate::observe::{Current, Epoch, Observed};
use crate::parallel::fill;
use crate::session::Session;
use crate::trained::Trained;
use crate::trouble::broken_layer;
use crate::validation::{Validated, Validation};
use crate::{AnyDisplacement, ExampleSource, Recipe, TrainError};
use sparring_datasets::augment::check_augmentations;
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_losses::{LabelSmoothing, check_targets};
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::{Engine, Network, NnError, Objective, Params};
use sparring_seed::Key;
use statistics::Calibration;
use std::fmt::Debug;
use step_plan::StepPlan;

mod examined;
mod pass;
mod statistics;
mod step_plan;

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
    /// What it is worth on a validation part.
    ///
    /// # Errors
    /// If the attack refuses.
    fn validated(&self, on: &Validation, key: Key) -> Result<Validated, TrainError>;
    /// Layers of its encoder; 0 of a model without one.
    fn encoder_layers(&self) -> usize {
        0
    }
    /// Calls `f` with the objective of these examples: that of their classes, where the model has any. `clean` are their clean forms, where the network sees others and is to give back those.
    fn with_objective<R>(
        classes: &Classification<'_>,
        clean: Option<&[f32]>,
        f: impl FnOnce(&dyn Objective) -> R,
    ) -> R;
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
    fn validated(&self, on: &Validation, key: Key) -> Result<Validated, TrainError> {
        on.of_classifier(self, key)
    }
    fn with_objective<R>(
        classes: &Classification<'_>,
        _: Option<&[f32]>,
        f: impl FnOnce(&dyn Objective) -> R,
    ) -> R {
        f(classes)
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
    fn validated(&self, on: &Validation, _: Key) -> Result<Validated, TrainError> {
        on.of_autoencoder(self)
    }
    fn encoder_layers(&self) -> usize {
        self.encoder()
    }
    fn with_objective<R>(
        classes: &Classification<'_>,
        clean: Option<&[f32]>,
        f: impl FnOnce(&dyn Objective) -> R,
    ) -> R {
        let examples = classes.labels.len();
        match clean {
            None => f(&Reconstruction { examples }),
            Some(clean) => f(&Denoised { clean, examples }),
        }
    }
}

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    loss: f64,
    right: f64,
    seen: f64,
}

/// The name of a carried perturbation in a state.
const NOISE: &str = "perturbation";

/// A classifier or autoencoder in training.
#[derive(Debug)]
pub struct Fitting<'m, M> {
    model: &'m mut M,
    /// The recipe in words.
    described: String,
    trained: Trained,
    steps: StepPlan,
    smoothing: LabelSmoothing,
    displacement: Option<AnyDisplacement>,
    anomaly: bool,
    /// Pixels of the batch in their other form: adversarial, or clean where the adversarial ones are trained on.
    other: Vec<f32>,
    carried: Carried,
    mixing: Mixing,
    /// Most examples of a pass of the network.
    micro: usize,
    /// For the statistics of averaged weights.
    calibration: Calibration,
    sums: Sums,
}

impl<'m, M: Supervised> Fitting<'m, M> {
    /// A training by this recipe, which was checked, as the data were.
    pub(crate) fn session<'d>(
        model: &'m mut M,
        train: &'d Split,
        recipe: &Recipe,
    ) -> Result<Session<'d, Self>, TrainError> {
        let settings = recipe.settings();
        let Recipe { batch: micro, defense, variant, .. } = *recipe;
        let steps = StepPlan { defense, variant, encoder: model.encoder_layers() };
        Self::fits(model, train, &settings, micro)?;
        let engine = Engine::new(model.net(), recipe.method()).in_precision(recipe.precision);
        let plan = steps.at(1.0);
        plan.penalty.as_ref().map_or(Ok(()), |penalty| penalty.check(model.net()))?;
        let passes = plan.passes as u64;
        let updates = settings.steps_over(train.len()).saturating_mul(passes);
        let mut trained = Trained::new(engine, recipe.average.map(|average| (average, updates)));
        trained.begin_average();
        let this = Self {
            model,
            described: recipe.described(),
            trained,
            steps,
            smoothing: LabelSmoothing { smoothing: recipe.label_smoothing },
            displacement: recipe.displacement,
            anomaly: recipe.anomaly,
            other: Vec::new(),
            carried: Carried::default(),
            mixing: Mixing::of(&recipe.augment),
            micro,
            calibration: Calibration::of(train, recipe, updates),
            sums: Sums::default(),
        };
        Session::new(this, train, settings)
    }
    /// Whether a perturbation goes on from step to step.
    fn carries(&self) -> bool {
        matches!(self.steps.at(1.0).examples, ExampleSource::Carried { .. })
    }
    /// Whether these are the numbers of whole inputs.
    fn is_whole(&self, numbers: &[f32]) -> bool {
        numbers.len().is_multiple_of(self.trained.engine.compiled().inputs())
    }
    /// The data are for this model, whose network can be trained on them.
    fn fits(model: &M, train: &Split, settings: &LoopSettings, micro: usize) -> Result<(), TrainError> {
        if let Some(monitor) = settings.selection.monitor.filter(|m| m.counts_answers() && !M::COUNTS) {
            let (field, value) = ("monitor", monitor.to_string());
            let must = "train_loss or validation_loss for an autoencoder";
            return Err(TrainError::Recipe { field, value, must });
        }
        check_data(train, model.net().graph().input)?;
        check_augmentations(&settings.augment, train)?;
        model.check_labels(train)?;
        check_network(model.net(), train.len(), (micro.min(settings.batch), settings.last), 1)
    }
}

impl<M: Supervised> Current<M> for Fitting<'_, M> {
    fn current(&mut self) -> &M {
        let Self { trained, model, calibration, steps, .. } = self;
        trained.sync_after(model.net_mut(), |engine| calibration.estimate(engine, |at| steps.at(at)));
        self.model
    }
    fn trained(&mut self) -> Params<f32> {
        self.trained.weights(self.model.net())
    }
    fn state(&mut self) -> LearnerState {
        let (weights, engine) = self.trained.state(self.model.net());
        let Sums { loss, right, seen } = self.sums;
        let (networks, sums) = (vec![(String::new(), weights, engine)], vec![loss, right, seen]);
        let carried = self.carries().then(|| (NOISE.to_string(), self.carried.noise.clone()));
        LearnerState { networks, arrays: carried.into_iter().collect(), sums }
    }
}

impl<M: Supervised> Learner for Fitting<'_, M> {
    type Model = M;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, train, settings, self.micro)
    }
    fn described(&self) -> String {
        self.described.clone()
    }
    fn discard(&mut self) {
        self.trained.engine.discard();
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        let plan = self.steps.at(cx.step as f64 / cx.steps as f64);
        let (n, mut sums, mut mean) = (batch.len() as f64, self.sums, 0.0);
        for pass in 0..plan.passes {
            let key = if pass == 0 { cx.key } else { cx.key.named("pass").child(pass as u64) };
            let [loss, right] = self.pass(&plan, batch, rows, (key, cx))?;
            sums.loss += loss * n;
            sums.right += right;
            sums.seen += n;
            mean += loss / plan.passes as f64;
        }
        self.sums = sums;
        Ok(mean)
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
        let EpochTimes { epoch, epochs, lr, seconds, examples, validated } = done;
        Epoch {
            epoch,
            epochs,
            train_loss: loss / seen,
            train_accuracy: M::COUNTS.then_some(right / seen),
            validation: validated,
            best_epoch: None,
            lr,
            seconds,
            examples_per_s: examples as f64 / seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let ([(_, weights, engine)], &[loss, right, seen]) = (&state.networks[..], &state.sums[..]) else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        let noise = match &state.arrays[..] {
            [] if !self.carries() => &[][..],
            [(name, noise)] if self.carries() && name == NOISE && self.is_whole(noise) => noise,
            _ => return Err(NnError::State("it belongs to another defence".into()).into()),
        };
        self.trained.restore(self.model.net_mut(), (weights, engine))?;
        self.carried.noise = noise.to_vec();
        self.sums = Sums { loss, right, seen };
        Ok(())
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        vec![self.current().net().params.clone()]
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        if let [weights] = weights {
            self.trained.give(self.model.net_mut(), weights);
        }
    }
    fn check_validation(&self, on: &Validation) -> Result<(), TrainError> {
        check_data(&on.split, self.model.net().graph().input)?;
        match on.attack {
            Some(attack) if !M::COUNTS || attack.examples == 0 => {
                let must = "none for an autoencoder, and on at least 1 example of a classifier";
                let value = format!("{} on {}", attack.attack, attack.examples);
                Err(TrainError::Recipe { field: "validation attack", value, must })
            }
            _ => self.model.check_labels(&on.split),
        }
    }
    fn validate(&mut self, on: &Validation, key: Key) -> Result<Validated, TrainError> {
        self.current().validated(on, key)
    }
}
