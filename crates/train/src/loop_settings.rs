//! What a training is, whatever is trained.

use crate::error::require_positive;
use crate::{Hyperparameters, NonFinitePolicy, Selection, TrainError};
use sparring_datasets::augment::AnyAugmentation;
use sparring_datasets::{Last, Split};
use sparring_optim::AnySchedule;

/// What every training has, whatever is trained.
#[derive(Clone, Debug)]
pub struct LoopSettings {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Base learning rate.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Seed of shuffling and of everything random in a step.
    pub seed: u64,
    /// What becomes of a last batch that is not full.
    pub last: Last,
    /// What is done to images; what mixes them is the learner's to do.
    pub augment: Vec<AnyAugmentation>,
    /// What the figures of the epochs decide.
    pub selection: Selection,
    /// What becomes of a step whose loss or gradient is not finite.
    pub on_non_finite: NonFinitePolicy,
}

impl Default for LoopSettings {
    fn default() -> Self {
        let Hyperparameters { epochs, batch, lr, schedule, .. } = Hyperparameters::default();
        Self {
            epochs,
            batch,
            lr,
            schedule,
            seed: 1,
            last: Last::Keep,
            augment: Vec::new(),
            selection: Selection::default(),
            on_non_finite: NonFinitePolicy::default(),
        }
    }
}

impl LoopSettings {
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        for (field, value) in [("epochs", self.epochs), ("batch", self.batch)] {
            if value == 0 {
                return Err(TrainError::Recipe { field, value: "0".into(), must: "at least 1" });
            }
        }
        require_positive("lr", self.lr)?;
        self.selection.validate()?;
        self.on_non_finite.validate()?;
        Ok(self.schedule.validate()?)
    }
    /// The same with no more examples a step than there are: nothing is as long as a number that somebody typed.
    pub(crate) fn over(self, train: &Split) -> Self {
        Self { batch: self.batch.min(train.len()), ..self }
    }
    /// Whether anything depends on the figures of the epochs.
    pub(crate) fn watches(&self) -> bool {
        self.selection.keeps_best() || self.schedule.plateau().is_some()
    }
    /// Steps of the whole training over so many examples.
    pub(crate) fn steps_over(&self, examples: usize) -> u64 {
        let epoch = match self.last {
            Last::Drop => examples / self.batch,
            Last::Keep => examples.div_ceil(self.batch),
        };
        (epoch.max(1) as u64).saturating_mul(self.epochs as u64)
    }
}
