//! Training a classifier, clean or adversarially.

use crate::supervised::Fitting;
use crate::{History, Observer, Quiet, Recipe, Session, TrainError};
use sparring_datasets::Split;
use sparring_models::ClassifierNet;

/// Trains by the recipe.
///
/// # Errors
/// As [`fit_with`].
pub fn fit(model: &mut ClassifierNet, train: &Split, recipe: &Recipe) -> Result<History, TrainError> {
    fit_with(model, train, recipe, &mut Quiet)
}

/// Trains by the recipe, watched. The loss is the mean cross-entropy of the batch.
///
/// # Errors
/// If the recipe or the data make no sense, or the loss or a gradient stops being finite.
pub fn fit_with(
    model: &mut ClassifierNet,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<ClassifierNet>,
) -> Result<History, TrainError> {
    session(model, train, recipe)?.run(observer)
}

/// A training by the recipe, step by step. The loss is the mean cross-entropy of the batch.
///
/// ```
/// use sparring_models::{ClassifierNet, Mlp};
/// use sparring_train::{Recipe, session};
/// let data = sparring_datasets::Mnist::embedded().train.first(64);
/// let mut model = ClassifierNet::new(Mlp::default().spec(), sparring_seed::Key::new(1))?;
/// let mut training = session(&mut model, &data, &Recipe { epochs: 1, batch: 32, ..Recipe::default() })?;
/// while let Some(step) = training.step()? {
///     assert!(step.loss > 0.0 && step.steps == 2);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the recipe or the data make no sense.
pub fn session<'m, 'd>(
    model: &'m mut ClassifierNet,
    train: &'d Split,
    recipe: &Recipe,
) -> Result<Session<'d, Fitting<'m, ClassifierNet>>, TrainError> {
    recipe.validate()?;
    if !recipe.variant.is_plain() {
        let (value, must) =
            (recipe.variant.to_string(), "plain for a classifier: variants are of autoencoders");
        return Err(TrainError::Recipe { field: "variant", value, must });
    }
    Fitting::session(model, train, recipe)
}
