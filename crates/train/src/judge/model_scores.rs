//! A generative model, whatever data it was trained on, and the figures that these data allow.

use super::image_scores::{GenerativeScores, image_scores};
use super::labelled_scores::{LabelledScores, labelled_scores};
use super::net::Judge;
use super::settings::JudgeSettings;
use super::stacked_scores::{StackedScores, stacked_scores};
use super::toy_scores::{ToyScores, toy_scores};
use crate::TrainError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sparring_datasets::synthetic::{AnySynthetic, Modes};
use sparring_datasets::{Dataset, Pixels, Split};
use sparring_models::{Gan, Vae};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Why there are no figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// The reason, for people.
    pub unjudged: String,
}

/// What samples are worth, as far as their data allow to say; in files the figures alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum GanScores {
    /// Of images of one channel, 28 x 28.
    Images(Box<GenerativeScores>),
    /// Of a mixture whose modes are known.
    Toy(ToyScores),
    /// Of stacked digits.
    Stacked(StackedScores),
    /// Of anything else.
    Unjudged(Unjudged),
}

/// What can be asked of samples of a set.
enum Kind {
    Images,
    Toy(Modes),
    Stacked,
    None(String),
}

fn kind(data: &Dataset) -> Kind {
    let computed = data.name.parse::<AnySynthetic>().ok();
    if let Some(modes) = computed.as_ref().and_then(AnySynthetic::modes) {
        return Kind::Toy(modes);
    }
    let shape = data.shape();
    match computed {
        Some(AnySynthetic::StackedMnist(_)) => Kind::Stacked,
        _ if shape != Judge::SHAPE => {
            let own = Judge::SHAPE;
            Kind::None(format!(
                "examples are {shape:?}; samples are judged by their modes on ring-8, grid-25 and stacked-mnist, and as images of {own:?}"
            ))
        }
        _ if data.test.len().min(data.train.len()) <= Judge::FEATURES => {
            let n = data.test.len().min(data.train.len());
            Kind::None(format!(
                "{n} real images are too few: more than {} training and test images are needed",
                Judge::FEATURES
            ))
        }
        _ => Kind::Images,
    }
}

/// How many samples [`scores_of_samples`] looks at for these data; 0 where it can say nothing.
pub fn samples_wanted(data: &Dataset, settings: &JudgeSettings) -> usize {
    match kind(data) {
        Kind::Images => settings.samples.min(data.test.len()).min(data.train.len()),
        Kind::Toy(_) => settings.toy_samples,
        Kind::Stacked => settings.stacked_samples,
        Kind::None(_) => 0,
    }
}

/// [`GanScores`] of samples that somebody drew, in the set's own numbers: pixels in [0, 1], points of the plane as the set has them.
///
/// # Shapes
/// `samples` [n, channels, height, width] of the set
///
/// # Errors
/// [`TrainError::Data`] for broken samples, numbers that are not finite, or too few samples of images; [`TrainError::Recipe`] for settings without a meaning.
pub fn scores_of_samples(
    samples: &[f32],
    data: &Dataset,
    settings: &JudgeSettings,
) -> Result<GanScores, TrainError> {
    let splits = [&data.train, &data.test];
    Ok(match kind(data) {
        Kind::Images => GanScores::Images(Box::new(image_scores(samples, splits, settings)?)),
        Kind::Toy(modes) => GanScores::Toy(toy_scores(samples, &modes, &data.test, settings)?),
        Kind::Stacked => GanScores::Stacked(stacked_scores(samples, splits, settings)?),
        Kind::None(why) => GanScores::Unjudged(Unjudged { unjudged: why }),
    })
}

/// [`scores_of_samples`] of as many samples of a GAN as the settings ask for; which ones depends on `key`.
///
/// # Errors
/// As there.
pub fn scores_of_gan(
    model: &Gan,
    data: &Dataset,
    settings: &JudgeSettings,
    key: Key,
) -> Result<GanScores, TrainError> {
    fits(model.shape(), data)?;
    let (low, high) = model.range();
    let samples = drawn(samples_wanted(data, settings), model.most_samples(), |ids| {
        let mut x = model.generate(model.noise(key, ids));
        if (low, high) != (0.0, 1.0) {
            let (low, length) = (low as f32, (high - low) as f32);
            x.as_mut_slice().iter_mut().for_each(|v| *v = (*v - low) / length);
        }
        x
    });
    scores_of_samples(&samples, data, settings)
}

/// [`labelled_scores`] of samples of a conditional GAN, of each class in turn; `None` of one without classes, or where the data are not images of that kind.
///
/// # Errors
/// As there.
pub fn labelled_scores_of_gan(
    model: &Gan,
    data: &Dataset,
    settings: &JudgeSettings,
    key: Key,
) -> Result<Option<LabelledScores>, TrainError> {
    fits(model.shape(), data)?;
    let n = settings.samples.min(data.train.len());
    let classes = model.classes(&(0..n as u64).collect::<Vec<_>>());
    if classes.is_empty() || model.shape() != Judge::SHAPE || model.range() != (0.0, 1.0) {
        return Ok(None);
    }
    let samples = drawn(n, model.most_samples(), |ids| model.generate(model.noise(key, ids)));
    let labels: Vec<u8> = classes.iter().map(|&class| class as u8).collect();
    let samples = Split::new(Pixels::F32(samples.into()), model.shape(), labels)
        .map_err(|e| TrainError::Data(e.to_string()))?;
    labelled_scores(&samples, data, settings, key.named("labelled")).map(Some)
}

/// [`scores_of_samples`] of as many samples of a variational autoencoder as the settings ask for, the means of their pixels; which ones depends on `key`.
///
/// # Errors
/// As there.
pub fn scores_of_vae(
    model: &Vae,
    data: &Dataset,
    settings: &JudgeSettings,
    key: Key,
) -> Result<GanScores, TrainError> {
    fits(model.shape(), data)?;
    let draw = |ids: &[u64]| model.sample(key, ids);
    scores_of_samples(&drawn(samples_wanted(data, settings), model.most_samples(), draw), data, settings)
}

fn fits(shape: [usize; 3], data: &Dataset) -> Result<(), TrainError> {
    if shape == data.shape() {
        return Ok(());
    }
    Err(TrainError::Data(format!(
        "the model makes examples of {shape:?}, {} has {:?}",
        data.name,
        data.shape()
    )))
}

/// Samples 0 to n, a part of them at a time.
fn drawn(n: usize, most: usize, draw: impl Fn(&[u64]) -> Array<f32> + Sync) -> Vec<f32> {
    // A measured compromise between full kernels and balanced threads.
    const PART: usize = 64;
    let ids: Vec<u64> = (0..n as u64).collect();
    let parts: Vec<_> =
        ids.par_chunks(PART.min(most).max(1)).map(|ids| draw(ids).as_slice().to_vec()).collect();
    parts.concat()
}
