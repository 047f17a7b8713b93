//! How a GAN is trained, as data.

use crate::TrainError;
use crate::error::require_positive;
use serde::{Deserialize, Serialize};
use sparring_optim::Adam;

/// Generator steps for each step of the discriminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanSteps {
    /// One of each.
    #[default]
    Alternating,
    /// Two of the generator.
    TwiceGenerator,
}

impl GanSteps {
    pub(crate) fn generator(self) -> u64 {
        match self {
            Self::Alternating => 1,
            Self::TwiceGenerator => 2,
        }
    }
}

/// Everything but the networks and the data. Adam's β₂ is 0.999.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanRecipe {
    /// Passes over the real data.
    pub epochs: usize,
    /// Real examples, and fakes, a step.
    pub batch: usize,
    /// Learning rate of both networks.
    pub lr: f64,
    /// Adam's β₁; 0.5 as in DCGAN (Radford et al. 2015, arXiv:1511.06434).
    pub beta1: f64,
    /// Steps of the generator for each of the discriminator.
    pub steps: GanSteps,
    /// Seed of shuffling and noise.
    pub seed: u64,
}

impl Default for GanRecipe {
    fn default() -> Self {
        Self { epochs: 30, batch: 128, lr: 2e-4, beta1: 0.5, steps: GanSteps::Alternating, seed: 1 }
    }
}

impl GanRecipe {
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
        require_positive("lr", self.lr)?;
        Ok(self.rule().validate()?)
    }
    /// The rule of both networks.
    pub(super) fn rule(&self) -> Adam {
        Adam { beta1: self.beta1, ..Adam::default() }
    }
}
