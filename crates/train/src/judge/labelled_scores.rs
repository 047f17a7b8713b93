//! Samples that come with labels: what is learnt from them, and what real images say of them.

use super::net::Judge;
use super::settings::JudgeSettings;
use crate::{Recipe, TrainError, accuracy, fit};
use serde::{Deserialize, Serialize};
use sparring_datasets::{Dataset, Split};
use sparring_models::ClassifierNet;
use sparring_optim::Piecewise;
use sparring_seed::Key;

/// Accuracies of classifiers that were trained on one kind of images and tested on the other, by one recipe and on equally many images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelledScores {
    /// Samples, and as many real training images, that classifiers are trained on.
    pub samples: usize,
    /// Trained on samples, tested on real test images (GAN-train, the classification accuracy score): low where samples are poor, of few kinds, or wrongly labelled.
    pub gan_train: f64,
    /// Trained on real images, tested on samples (GAN-test): low where samples are poor or wrongly labelled; above [`real`](Self::real) where they are simpler than real ones.
    pub gan_test: f64,
    /// Trained on real images, tested on real test images: what samples as good as real ones would give.
    pub real: f64,
}

/// [`LabelledScores`] of samples with the labels they were drawn for, against a set of the same shape and classes; of the first [`JudgeSettings::samples`] in whole batches of 64, fewer where there are fewer samples or training images.
/// Classifiers have the form of [`Judge`], trained by the same recipe from the same first weights.
///
/// # Errors
/// If the images are not of [`Judge::SHAPE`] or there are more than ten classes; as [`fit`].
///
/// Source: Ravuri and Vinyals 2019 (arXiv:1905.10887); Shmelkov et al. 2018 (arXiv:1807.09499), who give the names.
pub fn labelled_scores(
    samples: &Split,
    data: &Dataset,
    settings: &JudgeSettings,
    key: Key,
) -> Result<LabelledScores, TrainError> {
    settings.validate()?;
    if data.shape() != Judge::SHAPE || samples.shape() != Judge::SHAPE || data.classes > Judge::CLASSES {
        return Err(TrainError::Data(format!(
            "samples of shape {:?} and {} classes: classifiers of this test take {:?} and at most {}",
            samples.shape(),
            data.classes,
            Judge::SHAPE,
            Judge::CLASSES
        )));
    }
    let n = settings.samples.min(samples.len()).min(data.train.len());
    // Whole batches: batch normalisation has no use for one of a single image.
    let n = if n > BATCH { n - n % BATCH } else { n };
    let samples = samples.first(n);
    // Any n of the training images, whatever order they are stored in.
    let (_, real) = data.train.holdout(n, key.named("real"));
    let trained = |on: &Split| -> Result<ClassifierNet, TrainError> {
        let mut model = ClassifierNet::new(Judge::shipped().graph().clone(), key.named("init"))?;
        fit(&mut model, on, &recipe(key))?;
        Ok(model)
    };
    let (of_samples, of_real) = (trained(&samples)?, trained(&real)?);
    Ok(LabelledScores {
        samples: n,
        gan_train: accuracy(&of_samples, &data.test)?,
        gan_test: accuracy(&of_real, &samples)?,
        real: accuracy(&of_real, &data.test)?,
    })
}

/// Images of a training step.
const BATCH: usize = 64;

/// Short, and enough for 98 % on the built-in digits.
fn recipe(key: Key) -> Recipe {
    Recipe {
        epochs: 5,
        batch: BATCH,
        lr: 5e-3,
        schedule: Piecewise::one_cycle(0.4).into(),
        seed: u64::from(key.named("fit").rng(0).bits()),
        ..Recipe::default()
    }
}
