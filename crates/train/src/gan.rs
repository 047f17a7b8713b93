//! Training a GAN: alternating steps of discriminator and generator on the non-saturating loss (Goodfellow et al. 2014,
//! arXiv:1406.2661).

use crate::engine::Failure;
use crate::parallel::{Tally, Tapes, fill, on_team};
use crate::supervised::check_data;
use crate::{Flow, Step, TrainError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Grads, ops};
use sparring_datasets::{Batches, Last, MiniBatch, Order, Rows, Split};
use sparring_losses::{NonSaturating, Side};
use sparring_models::Gan;
use sparring_nn::{Bind, Cx, Module, Optimizer};
use sparring_optim::{Adam, AnyRule};
use sparring_seed::Key;
use sparring_tensor::Array;
use std::time::Instant;

mod alarms;
mod planned;
mod recipe;
pub use alarms::Alarm;
use planned::{Planned, Verdict};
pub use recipe::{GanRecipe, GanSteps};

/// One epoch of a GAN.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GanEpoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Mean loss of the discriminator, real and fake added; 1.3863 at balance.
    pub d_loss: f64,
    /// Mean loss of the generator; 0.6931 at balance.
    pub g_loss: f64,
    /// Mean σ(D(x)) over real examples.
    pub d_real: f64,
    /// Mean σ(D(G(z))) over the fakes of the discriminator's steps.
    pub d_fake: f64,
    /// Mean distance between pairs of samples over that between pairs of real examples; near 0 = all samples alike.
    pub diversity: f64,
    /// Wall-clock time.
    pub seconds: f64,
}

/// What a GAN training did.
#[derive(Clone, Debug, PartialEq)]
pub struct GanSummary {
    /// The epochs, in order.
    pub epochs: Vec<GanEpoch>,
    /// What looked wrong, in order of appearance.
    pub alarms: Vec<Alarm>,
    /// Wall-clock time, observers included.
    pub seconds: f64,
    /// Whether an observer ended it early.
    pub stopped: bool,
}

/// Watches a GAN training; all methods may be left out.
pub trait GanObserver {
    /// After each step (one of the discriminator, one of the generator); the loss is the generator's.
    fn step(&mut self, step: &Step) -> Flow {
        let _ = step;
        Flow::Continue
    }
    /// After each epoch, with the model as it is then.
    fn epoch(&mut self, epoch: &GanEpoch, model: &Gan) -> Flow {
        let _ = (epoch, model);
        Flow::Continue
    }
}
impl GanObserver for crate::Quiet {}

/// Samples of the fixed noise by which diversity is measured.
const WATCHED: u64 = 128;

fn sigmoid_sum(logits: &Array<f32>) -> f64 {
    logits.as_slice().iter().map(|&z| sparring_math::Real::sigmoid(f64::from(z))).sum()
}

/// The model with the state of its rules: plans where both networks have one, else tapes.
struct Loop<'m> {
    model: &'m mut Gan,
    planned: Option<Planned>,
    tapes: Tapes,
    rules: [Optimizer; 2],
}

impl<'m> Loop<'m> {
    fn new(model: &'m mut Gan, rule: AnyRule) -> Self {
        let planned = Planned::new(model, rule);
        Self { model, planned, tapes: Tapes::default(), rules: [0; 2].map(|_| Optimizer::new(rule, None)) }
    }
    /// Brings the model up to date.
    fn store(&mut self) {
        if let Some(planned) = &self.planned {
            planned.store(self.model);
        }
    }
    /// Before an error leaves, the model is brought up to date.
    fn kept<T>(&mut self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.is_err() {
            self.store();
        }
        outcome
    }
    fn discriminator_step(
        &mut self,
        real: &mut MiniBatch,
        rows: Rows<'_>,
        ids: &[u64],
        key: Key,
        lr: f64,
    ) -> Result<Verdict, Failure> {
        let noise = self.model.noise(key.named("d noise"), ids);
        if let Some(planned) = &mut self.planned {
            return planned.discriminate(self.model, rows, &noise, lr);
        }
        fill(real, rows);
        let fake = self.model.generate(noise);
        let (tally, mut grads) = self.discriminator(real, &fake, key).map_err(Failure::Loss)?;
        let on_fake = sigmoid_sum(&alarms::logits(self.model, fake));
        self.rules[0].step(&mut self.model.discriminator, &mut grads, lr).map_err(Failure::Gradient)?;
        Ok(Verdict { loss: tally.loss, real: tally.other, fake: on_fake })
    }
    /// The generator's loss.
    fn generator_step(&mut self, z: Array<f32>, ids: &[u64], key: Key, lr: f64) -> Result<f64, Failure> {
        if let Some(planned) = &mut self.planned {
            return planned.generate(self.model, &z, lr);
        }
        let (tally, mut grads) = self.generator(&z, ids, key).map_err(Failure::Loss)?;
        self.rules[1].step(&mut self.model.generator, &mut grads, lr).map_err(Failure::Gradient)?;
        Ok(tally.loss)
    }
    /// Loss of the discriminator on real examples and on fakes that are values: nothing flows back into G.
    fn discriminator(&self, real: &MiniBatch, fake: &Array<f32>, key: Key) -> Outcome {
        let (n, dim, [c, h, w]) = (real.len(), real.x.len() / real.len(), real.shape);
        let rows = |data: &[f32], part: &std::ops::Range<usize>| {
            Array::from_slice([part.len(), c, h, w], &data[part.start * dim..part.end * dim])
        };
        self.tapes.gradients(n, |part| {
            let (tape, part) = (part.tape, part.range);
            let cx = Cx::train(tape, key.named("discriminator"), &real.ids[part.clone()]);
            let on_real = self.model.discriminator.forward(&cx, tape.constant(rows(&real.x, &part)));
            let on_fake = self.model.discriminator.forward(&cx, tape.constant(rows(fake.as_slice(), &part)));
            let loss = ops::sum(ops::row_loss(on_real, NonSaturating, ops::Every(Side::Real)))
                + ops::sum(ops::row_loss(on_fake, NonSaturating, ops::Every(Side::Fake)));
            let other = sigmoid_sum(&on_real.value());
            (ops::scale(loss, 1.0 / n as f32), Tally { other, ..Tally::default() })
        })
    }
    /// Loss of the generator through a frozen discriminator.
    fn generator(&self, z: &Array<f32>, ids: &[u64], key: Key) -> Outcome {
        let (n, latent) = (ids.len(), self.model.latent());
        let [c, h, w] = self.model.spec().generator.input;
        self.tapes.gradients(n, |part| {
            let (tape, part) = (part.tape, part.range);
            let free = Cx::train(tape, key.named("generator"), &ids[part.clone()]);
            let frozen = Cx::train(tape, key.named("critic"), &ids[part.clone()]).bound(Bind::Frozen);
            let rows = &z.as_slice()[part.start * latent..part.end * latent];
            let fake = self
                .model
                .generator
                .forward(&free, tape.constant(Array::from_slice([part.len(), c, h, w], rows)));
            let logits = self.model.discriminator.forward(&frozen, fake);
            let loss = ops::sum(ops::row_loss(logits, NonSaturating, ops::Every(Side::Generator)));
            (ops::scale(loss, 1.0 / n as f32), Tally::default())
        })
    }
}

type Outcome = Result<(Tally, Grads<f32>), crate::parallel::NonFinite>;

/// Trains by the recipe, watched. An epoch is one pass over the real examples.
///
/// # Errors
/// If the recipe or the data make no sense, or a loss or gradient stops being finite.
pub fn fit_gan(
    model: &mut Gan,
    train: &Split,
    recipe: &GanRecipe,
    observer: &mut dyn GanObserver,
) -> Result<GanSummary, TrainError> {
    on_team(|| play(model, train, recipe, observer))
}

fn play(
    model: &mut Gan,
    train: &Split,
    recipe: &GanRecipe,
    observer: &mut dyn GanObserver,
) -> Result<GanSummary, TrainError> {
    recipe.validate()?;
    check_data(train, model.shape())?;
    let (key, start) = (Key::new(recipe.seed), Instant::now());
    // The last batch may be small; a GAN step on a handful of examples is noise, so it is left out if another exists.
    let last = if train.len() > recipe.batch { Last::Drop } else { Last::Keep };
    let mut batches = Batches::new(train, recipe.batch, key, 0, Order::Shuffled, last);
    let steps = (batches.per_epoch() * recipe.epochs) as u64;
    let rule: AnyRule = Adam { beta1: recipe.beta1, ..Adam::default() }.into();
    let mut work = Loop::new(model, rule);
    let mut summary = GanSummary { epochs: Vec::new(), alarms: Vec::new(), seconds: 0.0, stopped: false };
    let spread = alarms::spread_of(train);
    let watched: Vec<u64> = (0..WATCHED).collect();
    let (mut batch, mut step) = (MiniBatch::default(), 0);
    'training: for epoch in 1..=recipe.epochs {
        batches.restart(epoch as u64);
        let begun = Instant::now();
        let (mut d_loss, mut g_loss, mut d_real, mut d_fake, mut seen) = (0.0, 0.0, 0.0, 0.0, 0);
        while let Some(rows) = batches.next_rows(&mut batch) {
            step += 1;
            let n = batch.len();
            let key = key.named("step").child(step);
            let fail = |failure: Failure| match failure {
                Failure::Loss(bad) => TrainError::NonFinite { epoch, step, loss: bad.loss, op: bad.op },
                Failure::Gradient(e) => e.into(),
            };
            let ids: Vec<u64> = (0..n as u64).collect();
            let d = work.discriminator_step(&mut batch, rows, &ids, key, recipe.lr);
            let d = work.kept(d).map_err(fail)?;
            let mut last_g = 0.0;
            for turn in 0..recipe.steps.generator() {
                let noise = work.model.noise(key.named("g noise").child(turn), &ids);
                let g = work.generator_step(noise, &ids, key, recipe.lr);
                last_g = work.kept(g).map_err(fail)?;
            }
            d_loss += d.loss * n as f64;
            g_loss += last_g * n as f64;
            d_real += d.real;
            d_fake += d.fake;
            seen += n;
            if observer.step(&Step { step, steps, epoch, loss: last_g, lr: recipe.lr }) == Flow::Stop {
                work.store();
                summary.stopped = true;
                break 'training;
            }
        }
        work.store();
        let seen = seen as f64;
        let samples = work.model.generate(work.model.noise(Key::new(recipe.seed).named("watched"), &watched));
        let dim = samples.len() / watched.len();
        let done = GanEpoch {
            epoch,
            epochs: recipe.epochs,
            d_loss: d_loss / seen,
            g_loss: g_loss / seen,
            d_real: d_real / seen,
            d_fake: d_fake / seen,
            diversity: sparring_metrics::mean_pairwise_distance(samples.as_slice(), dim) / spread,
            seconds: begun.elapsed().as_secs_f64(),
        };
        summary.epochs.push(done);
        summary.alarms.extend(alarms::raised(&summary.epochs, &summary.alarms));
        if observer.epoch(&done, work.model) == Flow::Stop {
            summary.stopped = epoch < recipe.epochs;
            break;
        }
    }
    summary.seconds = start.elapsed().as_secs_f64();
    Ok(summary)
}
