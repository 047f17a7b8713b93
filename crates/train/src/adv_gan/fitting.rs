//! Both networks of AdvGAN in training.

use super::epoch::AdvGanEpoch;
use super::model::AdvGan;
use super::recipe::AdvGanRecipe;
use super::sums::Sums;
use crate::TrainError;
use crate::data::{check_data, check_network};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::members::{Member, Members};
use crate::observe::Current;
use crate::parallel::{PART, fill};
use crate::trained::Trained;
use crate::trouble::{broken_layer, first_non_finite};
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_nn::{Engine, NnError, Params};
use sparring_oracle::Differentiable;
use sparring_tensor::Array;
use std::fmt;

/// AdvGAN in training: each step is one of the discriminator and one of the generator, through the discriminator and through the target, whose weights stay as they are.
pub struct AdvGanFitting<'m> {
    pub(super) model: &'m mut AdvGan,
    pub(super) target: &'m (dyn Differentiable + Sync),
    pub(super) generator: Trained,
    pub(super) discriminator: Trained,
    pub(super) recipe: AdvGanRecipe,
    sums: Sums,
}

impl fmt::Debug for AdvGanFitting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, recipe, sums, .. } = self;
        f.debug_struct("AdvGanFitting")
            .field("model", model)
            .field("recipe", recipe)
            .field("sums", sums)
            .finish_non_exhaustive()
    }
}

impl<'m> AdvGanFitting<'m> {
    /// Networks and a target that fit the data, which were checked.
    pub(super) fn new(
        model: &'m mut AdvGan,
        target: &'m (dyn Differentiable + Sync),
        train: &Split,
        recipe: &AdvGanRecipe,
        settings: &LoopSettings,
    ) -> Result<Self, TrainError> {
        Self::fits(model, target, train, (recipe, settings))?;
        let trained = |net| Trained::new(Engine::new(net, recipe.method()), None);
        let (generator, discriminator) = (trained(&model.generator), trained(&model.discriminator));
        Ok(Self { model, target, generator, discriminator, recipe: recipe.clone(), sums: Sums::default() })
    }
    fn members(&mut self) -> Members<'_, 2> {
        let AdvGan { generator, discriminator, .. } = &mut *self.model;
        Members([
            Member { name: "generator", trained: &mut self.generator, net: generator },
            Member { name: "discriminator", trained: &mut self.discriminator, net: discriminator },
        ])
    }
    /// Data, target and networks are for each other.
    fn fits(
        model: &AdvGan,
        target: &dyn Differentiable,
        train: &Split,
        (recipe, settings): (&AdvGanRecipe, &LoopSettings),
    ) -> Result<(), TrainError> {
        check_data(train, model.shape())?;
        let (takes, classes) = (target.shape(), target.classes());
        if takes != model.shape() {
            return Err(TrainError::Data(format!(
                "examples are {:?} (channels, height, width), the target takes {takes:?}",
                model.shape()
            )));
        }
        if let Err(e) = model.threat().fits(target.bounds(), model.shape().iter().product()) {
            return Err(TrainError::Data(e.to_string()));
        }
        if classes < 2 {
            return Err(TrainError::Data(format!("a target of {classes} classes cannot be fooled")));
        }
        let labels = (0..train.len()).map(|i| train.label(i));
        if let Some(label) = labels.max().filter(|&label| label >= classes) {
            return Err(TrainError::Data(format!("a label is {label}, the target has {classes} classes")));
        }
        if let Some(class) = recipe.towards.filter(|&class| class >= classes) {
            let must = "a class of the target, from 0";
            return Err(TrainError::Recipe { field: "towards", value: class.to_string(), must });
        }
        let batches = (settings.batch, settings.last);
        check_network(&model.generator, train.len(), batches, 1)?;
        // Examples as they are, and perturbed.
        check_network(&model.discriminator, train.len(), batches, 2)
    }
}

impl Current<AdvGan> for AdvGanFitting<'_> {
    fn current(&mut self) -> &AdvGan {
        self.members().sync();
        self.model
    }
    fn state(&mut self) -> LearnerState {
        let sums = self.sums.array().to_vec();
        LearnerState { networks: self.members().states(), arrays: Vec::new(), sums }
    }
}

impl Learner for AdvGanFitting<'_> {
    type Model = AdvGan;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, self.target, train, (&self.recipe, settings))
    }
    fn described(&self) -> String {
        let (threat, classes) = (self.model.threat(), self.target.classes());
        format!("{threat}, a target of {classes} classes, {}", self.recipe.described())
    }
    fn discard(&mut self) {
        self.members().discard();
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        fill(batch, rows);
        let d_loss = self.discriminate(batch, cx)?;
        self.discriminator.update(&self.model.discriminator, cx.lr)?;
        let found = self.generate(batch, cx)?;
        self.generator.update(&self.model.generator, cx.lr)?;
        self.sums.add(&Sums { d_loss: d_loss * batch.len() as f64, ..found });
        Ok(self.loss(&found))
    }
    /// Where the generator, or the discriminator on what it makes, stops being finite, or that the target does.
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Option<String> {
        fill(batch, rows);
        let of = |whose: &str, at: String| format!("in the {whose}, {at}");
        let generator = broken_layer(&self.model.generator, batch).map(|at| of("generator", at));
        generator.or_else(|| {
            let (n, [c, h, w]) = (batch.len().min(PART), batch.shape);
            let adv = self.perturbed(&batch.x[..n * c * h * w]);
            let x = Array::from_slice([n, c, h, w], &adv);
            first_non_finite(&self.model.discriminator, x).map(|at| of("discriminator", at)).or_else(|| {
                let mut z = vec![0.0; n * self.target.classes()];
                let part = self.shown(&adv, batch, cx).ok()?;
                self.target.logits(part, &mut z).ok()?;
                z.iter()
                    .any(|z| !z.is_finite())
                    .then(|| "the target's logits for an example are not finite".to_string())
            })
        })
    }
    fn begin_epoch(&mut self) {
        self.sums = Sums::default();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> AdvGanEpoch {
        let sums = std::mem::take(&mut self.sums);
        let Sums { adversarial, gan, hinge, d_loss, size, fooled, seen } = sums;
        AdvGanEpoch {
            epoch: done.epoch,
            epochs: done.epochs,
            loss: self.loss(&sums),
            adversarial: adversarial / seen,
            gan: gan / seen,
            hinge: hinge / seen,
            d_loss: d_loss / seen,
            size: size / seen,
            fooled: fooled / seen,
            lr: done.lr,
            seconds: done.seconds,
            examples_per_s: done.examples as f64 / done.seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let Some(sums) = Sums::of(&state.sums) else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        self.members().restore(&state.networks)?;
        self.sums = sums;
        Ok(())
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        self.members().kept()
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        self.members().keep(weights);
    }
}
