//! Whether it learns.

use super::cell::{DepthCell, Training};
use super::dead::units;
use super::settings::DepthStudy;
use sparring_datasets::Dataset;
use sparring_models::ClassifierNet;
use sparring_nn::Mode;
use sparring_optim::{ClipNorm, Sgd};
use sparring_train::{Current, Flow, Observer, Recipe, StepMetrics, TrainError, accuracy, session};

/// The last steps, over which the loss is a mean.
const LAST: usize = 10;

/// Keeps the losses and ends after so many steps.
struct Losses {
    seen: Vec<f64>,
    most: usize,
}

impl Observer<ClassifierNet> for Losses {
    fn step(&mut self, step: &StepMetrics, _: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        self.seen.push(step.loss);
        Ok(if self.seen.len() < self.most { Flow::Continue } else { Flow::Stop })
    }
}

/// Trains the network for the steps of the study by plain SGD.
///
/// # Errors
/// If the recipe or the data make no sense; a loss that stops being finite is no error.
pub(super) fn train(
    study: &DepthStudy,
    cell: &DepthCell,
    model: &mut ClassifierNet,
    data: &Dataset,
    clip_norm: Option<f64>,
) -> Result<Training, TrainError> {
    let per_epoch = data.train.len().div_ceil(study.batch).max(1);
    let recipe = Recipe {
        epochs: study.steps.div_ceil(per_epoch).max(1),
        batch: study.batch,
        rule: Sgd::default().into(),
        lr: study.lr,
        transforms: clip_norm.map(|max| ClipNorm { max }.into()).into_iter().collect(),
        seed: study.seed,
        ..Recipe::default()
    };
    let mut watch = Losses { seen: Vec::new(), most: study.steps };
    let trouble = match session(model, &data.train, &recipe)?.run(&mut watch) {
        Ok(_) => None,
        Err(e @ (TrainError::NonFinite { .. } | TrainError::Network(_))) => Some(e.to_string()),
        Err(e) => return Err(e),
    };
    let losses = watch.seen;
    let last = &losses[losses.len().saturating_sub(LAST)..];
    let mean = last.iter().sum::<f64>() / last.len() as f64;
    let ended = trouble.is_some() || !mean.is_finite();
    Ok(Training {
        clip_norm,
        loss_before: losses.first().copied(),
        loss_after: (!ended).then_some(mean),
        accuracy: if ended { None } else { Some(accuracy(model, &data.test)?) },
        units: (!ended).then(|| units(model, &cell.activation, &data.train, Mode::Eval)),
        trouble,
    })
}
