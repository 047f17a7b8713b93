//! Training an autoencoder on the mean squared error of a pixel, and what its variant adds.

use crate::data::{check_data, check_range};
use crate::supervised::Fitting;
use crate::{History, Observer, Quiet, Recipe, Session, TrainError};
use sparring_datasets::Split;
use sparring_models::Autoencoder;

/// Trains by the recipe.
///
/// # Errors
/// As [`fit_autoencoder_with`].
pub fn fit_autoencoder(
    model: &mut Autoencoder,
    train: &Split,
    recipe: &Recipe,
) -> Result<History, TrainError> {
    fit_autoencoder_with(model, train, recipe, &mut Quiet)
}

/// Trains by the recipe, watched. The loss is the squared error averaged over pixels and examples, and the penalty of
/// the recipe's [variant](crate::variants), if it has one.
///
/// # Errors
/// If the recipe or the data make no sense (a defence needs labels; pixels must lie in [0, 1]; a sparse code by mean activations lies in (0, 1)), or the loss or a
/// gradient stops being finite.
pub fn fit_autoencoder_with(
    model: &mut Autoencoder,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<Autoencoder>,
) -> Result<History, TrainError> {
    autoencoder_session(model, train, recipe)?.run(observer)
}

/// A training by the recipe, step by step. The loss is the squared error averaged over pixels and examples, and the penalty of
/// the recipe's [variant](crate::variants), if it has one.
///
/// # Errors
/// If the recipe or the data make no sense (a defence needs labels; pixels must lie in [0, 1]; a sparse code by mean activations lies in (0, 1)).
pub fn autoencoder_session<'m, 'd>(
    model: &'m mut Autoencoder,
    train: &'d Split,
    recipe: &Recipe,
) -> Result<Session<'d, Fitting<'m, Autoencoder>>, TrainError> {
    recipe.validate()?;
    if recipe.defense.eps().is_some() {
        let value = recipe.defense.name().to_string();
        return Err(TrainError::Recipe { field: "defense", value, must: "none for an autoencoder" });
    }
    if recipe.label_smoothing != 0.0 {
        let value = recipe.label_smoothing.to_string();
        return Err(TrainError::Recipe { field: "label_smoothing", value, must: "0 for an autoencoder" });
    }
    if let Some(mixes) = recipe.augment.iter().find(|one| one.mixes()) {
        let (value, must) = (mixes.to_string(), "left out for an autoencoder: it has no labels to mix");
        return Err(TrainError::Recipe { field: "augment", value, must });
    }
    check_data(train, model.spec().input)?;
    check_range(train, (0.0, 1.0))?;
    Fitting::session(model, train, recipe)
}
