//! What is trained: a kind of model with its objectives and engines.

use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::observe::{Current, Observed};
use crate::validation::{Validated, Validation};
use crate::{TrainError, trouble};
use sparring_attacks::AttackError;
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_nn::Params;
use sparring_seed::Key;

/// The context of a step.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    /// From 1, over the whole training.
    pub step: u64,
    /// Steps of the whole training.
    pub steps: u64,
    /// Everything random in the step comes from it.
    pub key: Key,
    /// Learning rate.
    pub lr: f64,
}

/// What is trained: a kind of model with its objectives and engines. The loop is [`Session`](crate::Session)'s.
pub trait Learner: Current<Self::Model> {
    /// The model that observers see.
    type Model: Observed;
    /// Refuses data and settings that it cannot be trained on; a [`Session`](crate::Session) asks before its first step.
    ///
    /// # Errors
    /// What does not fit, in words.
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError>;
    /// What its steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    fn described(&self) -> String;
    /// One step on a batch that comes without its pixels; its loss. The metrics of the epoch are summed up here.
    ///
    /// # Errors
    /// [`Failure`] if a loss or gradient is not finite, or an attack inside refuses.
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure>;
    /// Drops gradients of a step that was given up.
    fn discard(&mut self);
    /// Where the numbers of the model stop being finite, for the error that ends the training; the model is up to date.
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Option<String>;
    /// The sums of the present epoch begin at zero.
    fn begin_epoch(&mut self);
    /// The report of the epoch that ended, from its sums, which begin anew.
    fn end_epoch(&mut self, done: EpochTimes) -> EpochOf<Self>;
    /// Goes on from a state.
    ///
    /// # Errors
    /// If it belongs to another model or method.
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError>;
    /// The weights as observers see them, of each network.
    fn kept(&mut self) -> Vec<Params<f32>>;
    /// Gives the model, whose training is over, weights that [`kept`](Self::kept) gave; its state stays that of the last step.
    fn keep(&mut self, weights: &[Params<f32>]);
    /// Refuses a validation part that the model cannot be judged on.
    ///
    /// # Errors
    /// What does not fit, in words; by default that there can be none.
    fn check_validation(&self, on: &Validation) -> Result<(), TrainError> {
        let _ = on;
        Err(no_validation())
    }
    /// What the model as observers see it is worth on a validation part that was checked.
    ///
    /// # Errors
    /// If its attack refuses.
    fn validate(&mut self, on: &Validation, key: Key) -> Result<Validated, TrainError> {
        let _ = (on, key);
        Err(no_validation())
    }
}

fn no_validation() -> TrainError {
    TrainError::Data("this kind of model is not judged on a validation part".into())
}

/// The report of an epoch of a learner.
pub type EpochOf<F> = <<F as Learner>::Model as Observed>::Epoch;

/// Which epoch ended, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct EpochTimes {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time since the epoch began, or since the training was resumed inside it.
    pub seconds: f64,
    /// Examples of the steps made in that time.
    pub examples: usize,
    /// What the model is worth on the validation part, where there is one.
    pub validated: Option<Validated>,
}

/// Why a step was not done.
#[derive(Debug)]
pub enum Failure {
    /// The loss is infinite or NaN.
    Loss(f64),
    /// Anomaly mode found a number that is infinite or NaN: operation, layer and shape, in words.
    Anomaly(String),
    /// A weight is infinite or NaN after the step.
    Weights,
    /// Anything else.
    Other(TrainError),
}

/// Refuses a loss that is no finite number.
pub(crate) fn finite(loss: f64) -> Result<(), Failure> {
    if loss.is_finite() { Ok(()) } else { Err(Failure::Loss(loss)) }
}

impl Failure {
    /// The error of the step, where the model stops being finite `at` this place.
    pub(crate) fn told(self, epoch: usize, step: u64, at: Option<String>) -> TrainError {
        match self {
            Self::Loss(loss) => TrainError::NonFinite { epoch, step, loss, at: trouble::told(at) },
            Self::Anomaly(at) => TrainError::Anomaly { epoch, step, at },
            Self::Weights => TrainError::Anomaly { epoch, step, at: trouble::told(at) },
            // A defence's attack refuses logits that are not finite: where the network is the cause, that is the error, as for any other step.
            Self::Other(e @ TrainError::Attack(AttackError::NonFinite { .. })) => match at {
                Some(at) => TrainError::NonFinite { epoch, step, loss: f64::NAN, at },
                None => e,
            },
            Self::Other(e) => e,
        }
    }
}

impl<T: Into<TrainError>> From<T> for Failure {
    fn from(e: T) -> Self {
        Self::Other(e.into())
    }
}
