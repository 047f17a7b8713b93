//! How a network is trained, as data.

use crate::{Defense, TrainError};
use serde::{Deserialize, Serialize};
use sparring_nn::Clip;
use sparring_optim::{AnyRule, AnySchedule};

/// Everything but the network and the data. The same recipe, network and data give the same bits on one instruction set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Update rule.
    pub rule: AnyRule,
    /// Base learning rate; with a one-cycle schedule its peak.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Limit on the gradient.
    pub clip: Option<Clip>,
    /// Adversarial training.
    pub defense: Defense,
    /// Seed of shuffling, dropout and the defence's attacks.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch: 128,
            rule: AnyRule::default(),
            lr: 1e-3,
            schedule: AnySchedule::default(),
            clip: None,
            defense: Defense::None,
            seed: 1,
        }
    }
}

impl Recipe {
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        if self.epochs == 0 {
            return refuse("epochs", "0".into(), "at least 1");
        }
        if self.batch == 0 {
            return refuse("batch", "0".into(), "at least 1");
        }
        if !(self.lr.is_finite() && self.lr > 0.0) {
            return refuse("lr", self.lr.to_string(), "finite and above 0");
        }
        if let Some(Clip::Value(limit) | Clip::GlobalNorm(limit)) = self.clip
            && !(limit.is_finite() && limit > 0.0)
        {
            return refuse("clip", limit.to_string(), "finite and above 0");
        }
        self.rule.validate()?;
        self.schedule.validate()?;
        self.defense.validate()
    }
}
