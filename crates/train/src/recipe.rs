//! How a network is trained, as data.

use crate::error::require_positive;
use crate::{AnyDefense, Hyperparameters, TrainError};
use serde::{Deserialize, Serialize};
use sparring_nn::Clip;
use sparring_optim::{AnyRule, AnySchedule, Ema};
use sparring_tensor::Precision;

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
    /// The weights that are kept, and that observers see, are this average of those of all steps; `None`: those of the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<Ema>,
    /// Adversarial training.
    pub defense: AnyDefense,
    /// `f32`, or [`Split6`](Precision::Split6) for outputs and input gradients of convolutions where that is faster; gradients at weights, the rule and
    /// the weights are `f32` always. Other bits, so runs compare only within one precision.
    #[serde(with = "precision", skip_serializing_if = "precision::is_plain")]
    pub precision: Precision,
    /// Seed of shuffling, dropout and the defence's attacks.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        let Hyperparameters { epochs, batch, lr, schedule, ema } = Hyperparameters::default();
        Self {
            epochs,
            batch,
            rule: AnyRule::default(),
            lr,
            schedule,
            clip: None,
            ema,
            defense: AnyDefense::default(),
            precision: Precision::F32,
            seed: 1,
        }
    }
}

impl Recipe {
    /// The recipe that a defence brings: chosen on validation images for nets of MNIST's size (docs/results/hardening.md has what each is worth,
    /// seed by seed). Only PGD hardens every seed; FGSM-RS is the paper's recipe as it stands.
    ///
    /// ```
    /// use sparring_train::{Recipe, defenses};
    /// let recipe = Recipe { seed: 7, ..Recipe::hardened(defenses::Pgd::new(0.3)) };
    /// assert!(recipe.validate().is_ok());
    /// ```
    pub fn hardened(defense: impl Into<AnyDefense>) -> Self {
        let defense = defense.into();
        let Hyperparameters { epochs, batch, lr, schedule, ema } = defense.hyperparameters();
        Self { epochs, batch, lr, schedule, ema, defense, ..Self::default() }
    }
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
        if let Some(Clip::Value(limit) | Clip::GlobalNorm(limit)) = self.clip {
            require_positive("clip", limit)?;
        }
        if self.precision == Precision::Bf16 {
            return refuse(
                "precision",
                self.precision.to_string(),
                "f32 or split6: bf16 is for what is verified later",
            );
        }
        self.rule.validate()?;
        self.schedule.validate()?;
        self.ema.as_ref().map_or(Ok(()), Ema::validate)?;
        Ok(self.defense.validate()?)
    }
}

/// A precision as its name.
mod precision {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use sparring_tensor::Precision;

    pub fn is_plain(precision: &Precision) -> bool {
        *precision == Precision::F32
    }
    pub fn serialize<S: Serializer>(precision: &Precision, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(precision)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Precision, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}
