//! Training a GAN (Goodfellow et al. 2014, arXiv:1406.2661): steps of discriminator and generator on a loss of `sparring-losses`, with penalties on the discriminator's gradient.

use crate::TrainError;
use crate::data::{check_data, check_range};
use crate::observe::Observer;
use crate::session::Session;
use crate::summary::History;
use sparring_datasets::{Last, Split};
use sparring_models::Gan;

mod alarms;
mod critic;
mod epoch;
mod game;
mod generator;
mod penalty;
mod recipe;
mod shown;
pub use alarms::Alarm;
pub use epoch::GanEpoch;
pub use game::Game;
pub use recipe::{GanRecipe, GanSteps};

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
    Ok(gan_session(model, train, recipe)?.run(observer)?.into())
}

impl From<History<GanEpoch>> for GanSummary {
    fn from(History { epochs, seconds, stopped }: History<GanEpoch>) -> Self {
        let mut alarms = Vec::new();
        for i in 1..=epochs.len() {
            alarms.extend(alarms::raised(&epochs[..i], &alarms));
        }
        Self { epochs, alarms, seconds, stopped }
    }
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
    let mut settings = recipe.settings().over(train);
    // The last batch may be small; a GAN step on a handful of examples is noise, so it is left out if another exists.
    settings.last = if train.len() > settings.batch { Last::Drop } else { Last::Keep };
    Session::new(Game::new(model, train, recipe, &settings)?, train, settings)
}
