//! Training a classifier, clean or adversarially.

use crate::data::{check_data, pixels};
use crate::parallel::map_parts;
use crate::supervised::Fitting;
use crate::{History, Observer, Quiet, Recipe, Session, TrainError};
use sparring_datasets::Split;
use sparring_models::ClassifierNet;
use sparring_oracle::{Batch, Classifier as _};
use sparring_tensor::reduce;

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
    Fitting::session(model, train, recipe)
}

/// Logits `[n, classes]` of all examples.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn logits(model: &ClassifierNet, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.spec().input)?;
    let (victim, classes) = (model.victim(), model.classes());
    let parts = map_parts(split.len(), |part| {
        let indices: Vec<usize> = part.collect();
        let ids: Vec<u64> = indices.iter().map(|&i| i as u64).collect();
        let x = pixels(split, &indices);
        let mut logits = vec![0.0; indices.len() * classes];
        let batch = Batch::new(x.as_slice(), split.shape(), &ids).expect("as many ids as examples");
        victim.logits(batch, &mut logits).map_err(|e| TrainError::Data(e.to_string()))?;
        Ok(logits)
    });
    Ok(parts.into_iter().collect::<Result<Vec<_>, TrainError>>()?.concat())
}

/// Fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn accuracy(model: &ClassifierNet, split: &Split) -> Result<f64, TrainError> {
    let logits = logits(model, split)?;
    let rows = logits.chunks_exact(model.classes()).enumerate();
    let right = rows.filter(|&(i, z)| reduce::argmax(z) == split.label(i)).count();
    Ok(right as f64 / split.len() as f64)
}
