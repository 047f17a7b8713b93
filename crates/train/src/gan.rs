//! Training a GAN: alternating steps of discriminator and generator on the non-saturating loss (Goodfellow et al. 2014,
//! arXiv:1406.2661).

use crate::data::{check_data, check_range};
use crate::engine::Failure;
use crate::parallel::on_team;
use crate::supervised::check_network;
use crate::trouble::told;
use crate::{Flow, Step, TrainError};
use serde::{Deserialize, Serialize};
use sparring_datasets::{Batches, Last, MiniBatch, Order, Split};
use sparring_models::Gan;
use sparring_optim::AnyRule;
use sparring_seed::Key;
use std::time::Instant;

mod alarms;
mod planned;
mod recipe;
mod turns;
pub use alarms::Alarm;
pub use recipe::{GanRecipe, GanSteps};
use turns::Loop;

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
    check_range(train, model.range())?;
    // No more than there is: nothing is as long as a number that somebody typed.
    let most = recipe.batch.min(train.len());
    check_network(&model.generator, most)?;
    check_network(&model.discriminator, most)?;
    let (key, start) = (Key::new(recipe.seed), Instant::now());
    // The last batch may be small; a GAN step on a handful of examples is noise, so it is left out if another exists.
    let last = if train.len() > most { Last::Drop } else { Last::Keep };
    let mut batches = Batches::new(train, most, key, 0, Order::Shuffled, last);
    let steps = batches.per_epoch().saturating_mul(recipe.epochs) as u64;
    let rule = AnyRule::from(recipe.rule());
    let mut work = Loop::new(model, rule);
    let mut summary = GanSummary { epochs: Vec::new(), alarms: Vec::new(), seconds: 0.0, stopped: false };
    let spread = alarms::spread_of(train);
    let watched: Vec<u64> = (0..WATCHED).collect();
    let ids: Vec<u64> = (0..most as u64).collect();
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
                Failure::Loss(bad) => TrainError::NonFinite { epoch, step, loss: bad.loss, at: told(bad.at) },
                Failure::Gradient(e) => e.into(),
            };
            let ids = &ids[..n];
            let d = work.discriminator_step(&mut batch, rows, ids, key, recipe.lr);
            let d = work.kept(d, ids, key).map_err(fail)?;
            let mut last_g = 0.0;
            for turn in 0..recipe.steps.generator() {
                let noise = work.model.noise(key.named("g noise").child(turn), ids);
                let g = work.generator_step(noise, ids, key, recipe.lr);
                last_g = work.kept(g, ids, key).map_err(fail)?;
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
