//! Training an autoencoder with a codebook (van den Oord et al. 2017, arXiv:1711.00937).

use crate::TrainError;
use crate::data::{check_data, check_range};
use crate::observe::Observer;
use crate::session::Session;
use crate::summary::History;
use sparring_datasets::Split;
use sparring_models::VqVae;

mod codebook;
mod epoch;
mod fitting;
mod recipe;
mod scores;

pub use epoch::VqVaeEpoch;
pub use fitting::VqVaeFitting;
pub use recipe::VqVaeRecipe;
pub use scores::{VqVaeScores, perplexity, vq_vae_scores};

/// Trains by the recipe, watched. The loss is the squared error of a pixel over the variance of the training pixels, and commitment · ‖z − sg(e)‖², a mean over the numbers of the code; the
/// gradient at the quantised code passes to the encoder unchanged, and the codebook follows the encodings as a moving average.
///
/// # Errors
/// If the recipe or the data make no sense (pixels must lie in [0, 1]), or a loss or gradient stops being finite.
pub fn fit_vq_vae(
    model: &mut VqVae,
    train: &Split,
    recipe: &VqVaeRecipe,
    observer: &mut dyn Observer<VqVae>,
) -> Result<History<VqVaeEpoch>, TrainError> {
    vq_vae_session(model, train, recipe)?.run(observer)
}

/// A training by the recipe, step by step.
///
/// # Errors
/// If the recipe or the data make no sense.
pub fn vq_vae_session<'m, 'd>(
    model: &'m mut VqVae,
    train: &'d Split,
    recipe: &VqVaeRecipe,
) -> Result<Session<'d, VqVaeFitting<'m>>, TrainError> {
    recipe.validate()?;
    check_data(train, model.shape())?;
    check_range(train, (0.0, 1.0))?;
    let settings = recipe.settings().over(train);
    Session::new(VqVaeFitting::new(model, train, recipe, &settings)?, train, settings)
}
