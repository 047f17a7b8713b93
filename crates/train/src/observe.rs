//! Watching a training, and ending it early.

use crate::TrainError;
use crate::learner_state::LearnerState;
use crate::loop_state::LoopState;
use crate::monitor::Monitor;
use crate::validation::Validated;
use serde::{Deserialize, Serialize};
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::Params;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End after this step; the model stays as it is.
    Stop,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// The weights have moved.
    Done,
    /// Loss or gradient were not finite: the step was left out.
    Skipped,
    /// Loss or gradient were not finite: the training is back at the beginning of the epoch, after [`StepMetrics::step`].
    RolledBack,
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct StepMetrics {
    /// From 1, over the whole training.
    pub step: u64,
    /// Steps of the whole training.
    pub steps: u64,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Whether the epoch ends with this step.
    pub ends_epoch: bool,
    /// Mean loss of the batch; of a GAN, the generator's.
    pub loss: f64,
    /// Learning rate used.
    pub lr: f64,
    /// Examples of the batch.
    pub examples: usize,
    /// What became of it.
    pub outcome: StepOutcome,
}

/// One epoch of a classifier or an autoencoder done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Mean training loss over the epoch (on the adversarial examples, where there are any).
    pub train_loss: f64,
    /// Fraction of training examples classified rightly during the epoch, as they were trained on; `None` for autoencoders.
    pub train_accuracy: Option<f64>,
    /// What the model is worth on the validation part, where there is one.
    pub validation: Option<Validated>,
    /// The epoch with the best monitored figure so far, where the best weights are kept.
    pub best_epoch: Option<usize>,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time of the epoch.
    pub seconds: f64,
    /// Examples of the epoch over its time.
    pub examples_per_s: f64,
}

/// The report of an epoch.
pub trait EpochReport: Clone {
    /// The same, as if it had taken no time: times differ from run to run.
    #[must_use]
    fn without_times(&self) -> Self;
    /// A figure that a training is steered by; by default there is none.
    fn figure(&self, monitor: Monitor) -> Option<f64> {
        let _ = monitor;
        None
    }
    /// Notes the best epoch so far.
    fn set_best_epoch(&mut self, epoch: usize) {
        let _ = epoch;
    }
}

impl EpochReport for Epoch {
    fn without_times(&self) -> Self {
        Self { seconds: 0.0, examples_per_s: 0.0, ..*self }
    }
    fn figure(&self, monitor: Monitor) -> Option<f64> {
        match monitor {
            Monitor::TrainLoss => Some(self.train_loss),
            Monitor::ValidationLoss => self.validation.map(|v| v.loss),
            Monitor::ValidationAccuracy => self.validation?.accuracy,
            Monitor::ValidationRobustAccuracy => self.validation?.robust_accuracy,
        }
    }
    fn set_best_epoch(&mut self, epoch: usize) {
        self.best_epoch = Some(epoch);
    }
}

/// A kind of model, as far as those who watch its training know it.
pub trait Observed {
    /// The report of an epoch.
    type Epoch: EpochReport;
}

impl Observed for ClassifierNet {
    type Epoch = Epoch;
}
impl Observed for Autoencoder {
    type Epoch = Epoch;
}

/// A model in the middle of its training.
pub trait Current<M> {
    /// The model with the weights as they are kept: the average, where there is one. Costs a copy of the weights after each step.
    fn current(&mut self) -> &M;
    /// Everything of the model that the next steps depend on.
    fn state(&mut self) -> LearnerState;
    /// The parameters of the (first) network as they are trained, not their average: those of [`state`](Self::state) without the rest of it. Right after
    /// [`current`](Self::current) they cost nothing where no average is kept.
    fn trained(&mut self) -> Params<f32> {
        self.state().networks.into_iter().next().map(|(_, params, _)| params).unwrap_or_default()
    }
    /// What the loop carries beside it; empty of a model that no loop trains.
    fn loop_state(&self) -> LoopState {
        LoopState::default()
    }
}

/// Watches a training; all methods may be left out. An error ends the training and is given to its caller.
pub trait Observer<M: Observed> {
    /// Before the first step of a [`run`](crate::Session::run), of which `done` steps were made before: of a training that goes on, those up to the state that was saved.
    ///
    /// # Errors
    /// Whatever ends the training ([`TrainError::Observer`]).
    fn begin(&mut self, done: u64, model: &mut dyn Current<M>) -> Result<(), TrainError> {
        let _ = (done, model);
        Ok(())
    }
    /// Before [`step`](Self::step), of one that was left out or from which the training went back: why.
    ///
    /// # Errors
    /// Whatever ends the training ([`TrainError::Observer`]).
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        let _ = (step, why);
        Ok(())
    }
    /// After each step.
    ///
    /// # Errors
    /// Whatever ends the training ([`TrainError::Observer`]).
    fn step(&mut self, step: &StepMetrics, model: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        let _ = (step, model);
        Ok(Flow::Continue)
    }
    /// After each epoch, with the model as it is then.
    ///
    /// # Errors
    /// Whatever ends the training ([`TrainError::Observer`]).
    fn epoch(&mut self, epoch: &M::Epoch, model: &M) -> Result<Flow, TrainError> {
        let _ = (epoch, model);
        Ok(Flow::Continue)
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;
impl<M: Observed> Observer<M> for Quiet {}
