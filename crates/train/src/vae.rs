//! Training a variational autoencoder: the evidence lower bound (Kingma and Welling 2014, arXiv:1312.6114).

use crate::TrainError;
use crate::data::{check_data, check_range};
use crate::observe::Observer;
use crate::session::Session;
use crate::summary::History;
use sparring_datasets::Split;
use sparring_models::Vae;

mod epoch;
mod fitting;
mod recipe;
mod scores;

pub use epoch::VaeEpoch;
pub use fitting::VaeFitting;
pub use recipe::VaeRecipe;
pub use scores::{VaeScores, active_units, importance_bound, log_variances, vae_scores};

/// Trains by the recipe, watched. The loss is BCE (of grey pixels, summed over them) + beta · KL(q(z | x) ‖ N(0, I)), mean over examples, in nats.
///
/// # Errors
/// If the recipe or the data make no sense (pixels must lie in [0, 1]), or a loss or gradient stops being finite.
pub fn fit_vae(
    model: &mut Vae,
    train: &Split,
    recipe: &VaeRecipe,
    observer: &mut dyn Observer<Vae>,
) -> Result<History<VaeEpoch>, TrainError> {
    vae_session(model, train, recipe)?.run(observer)
}

/// A training by the recipe, step by step.
///
/// # Errors
/// If the recipe or the data make no sense.
pub fn vae_session<'m, 'd>(
    model: &'m mut Vae,
    train: &'d Split,
    recipe: &VaeRecipe,
) -> Result<Session<'d, VaeFitting<'m>>, TrainError> {
    recipe.validate()?;
    check_data(train, model.shape())?;
    check_range(train, (0.0, 1.0))?;
    let settings = recipe.settings().over(train);
    Session::new(VaeFitting::new(model, train, recipe, &settings)?, train, settings)
}
