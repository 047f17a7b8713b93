//! The figure of an epoch by which a training is steered.

use crate::TrainError;
use serde::{Deserialize, Serialize};
use sparring_optim::Better;
use std::fmt;
use std::str::FromStr;

/// A figure of an epoch: what a plateau schedule, early stopping and the choice of the best weights look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monitor {
    /// Mean training loss.
    TrainLoss,
    /// Loss on the validation part.
    ValidationLoss,
    /// Accuracy on the validation part.
    ValidationAccuracy,
    /// Accuracy on the validation part under its attack.
    ValidationRobustAccuracy,
}

impl Monitor {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::TrainLoss, Self::ValidationLoss, Self::ValidationAccuracy, Self::ValidationRobustAccuracy];

    /// The name, which is that of its key in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::TrainLoss => "train_loss",
            Self::ValidationLoss => "validation_loss",
            Self::ValidationAccuracy => "validation_accuracy",
            Self::ValidationRobustAccuracy => "validation_robust_accuracy",
        }
    }
    /// Which of two values is the better one.
    pub fn better(self) -> Better {
        match self {
            Self::TrainLoss | Self::ValidationLoss => Better::Lower,
            Self::ValidationAccuracy | Self::ValidationRobustAccuracy => Better::Higher,
        }
    }
    /// Whether only a classifier has it.
    pub(crate) fn counts_answers(self) -> bool {
        self.better() == Better::Higher
    }
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Monitor {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|m| m.name() == text.trim().replace('-', "_"));
        found.ok_or_else(|| format!("must be one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Which weights a training keeps at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Those of the last epoch.
    #[default]
    Last,
    /// Those of the epoch with the best monitored figure, of equal ones the first.
    Best,
}

/// What the figures of the epochs decide beside the learning rate. [`Session`](crate::Session) applies it, whether its steps are made one by one, by epochs or to the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// The figure; `None`: `validation_loss` with a validation part, else `train_loss`.
    pub monitor: Option<Monitor>,
    /// The training ends once the figure has not been better than its best for so many epochs, at least 1, and keeps the best weights; `None`: all epochs are made.
    pub early_stop: Option<u64>,
    /// Which weights are kept without `early_stop`, which keeps the best however the training ends.
    pub kept: Kept,
}

impl Selection {
    /// Whether the weights of the best epoch are kept.
    pub fn keeps_best(&self) -> bool {
        self.early_stop.is_some() || self.kept == Kept::Best
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] if the patience is 0.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self.early_stop {
            Some(0) => Err(TrainError::Recipe { field: "early_stop", value: "0".into(), must: "at least 1" }),
            _ => Ok(()),
        }
    }
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_others_are_refused() {
        for monitor in Monitor::ALL {
            assert_eq!(monitor.to_string().parse(), Ok(monitor));
            let text = serde_json::to_string(&monitor).unwrap();
            assert_eq!(text, format!("\"{monitor}\""));
        }
        assert_eq!("validation-loss".parse(), Ok(Monitor::ValidationLoss));
        assert!("loss".parse::<Monitor>().unwrap_err().contains("train_loss, validation_loss"));
    }
}
