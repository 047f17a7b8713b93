//! Training a GAN: alternating steps of discriminator and generator on the non-saturating loss (Goodfellow et al. 2014,
//! arXiv:1406.2661).

use crate::TrainError;
use crate::data::{check_data, check_range};
use crate::observe::{Observed, Observer};
use crate::session::{Session, Settings, Summary};
use serde::{Deserialize, Serialize};
use sparring_datasets::{Last, Split};
use sparring_models::Gan;
use sparring_optim::AnySchedule;

mod alarms;
mod game;
mod recipe;
pub use alarms::Alarm;
pub use game::Game;
pub use recipe::{GanRecipe, GanSteps};

impl Observed for Gan {
    type Epoch = GanEpoch;
}

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

/// Trains by the recipe, watched. An epoch is one pass over the real examples.
///
/// # Errors
/// If the recipe or the data make no sense, or a loss or gradient stops being finite.
pub fn fit_gan(
    model: &mut Gan,
    train: &Split,
    recipe: &GanRecipe,
    observer: &mut dyn Observer<Gan>,
) -> Result<GanSummary, TrainError> {
    let Summary { epochs, seconds, stopped } = gan_session(model, train, recipe)?.run(observer)?;
    let mut alarms = Vec::new();
    for i in 1..=epochs.len() {
        alarms.extend(alarms::raised(&epochs[..i], &alarms));
    }
    Ok(GanSummary { epochs, alarms, seconds, stopped })
}

/// A training by the recipe, step by step.
///
/// # Errors
/// If the recipe or the data make no sense.
pub fn gan_session<'m, 'd>(
    model: &'m mut Gan,
    train: &'d Split,
    recipe: &GanRecipe,
) -> Result<Session<'d, Game<'m>>, TrainError> {
    recipe.validate()?;
    check_data(train, model.shape())?;
    check_range(train, model.range())?;
    let GanRecipe { epochs, batch, lr, seed, .. } = *recipe;
    // No more than there is: nothing is as long as a number that somebody typed.
    let batch = batch.min(train.len());
    // The last batch may be small; a GAN step on a handful of examples is noise, so it is left out if another exists.
    let last = if train.len() > batch { Last::Drop } else { Last::Keep };
    let settings = Settings { epochs, batch, lr, schedule: AnySchedule::default(), seed, last };
    Ok(Session::new(Game::new(model, train, recipe, &settings)?, train, settings))
}
