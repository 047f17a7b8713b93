//! What can stop a training.

use sparring_attacks::AttackError;
use sparring_datasets::DataError;
use sparring_math::named::NamedError;
use sparring_metrics::MetricsError;
use sparring_models::ModelError;
use sparring_nn::NnError;
use thiserror::Error;

/// Why a training cannot start or go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A number of the recipe makes no sense.
    #[error("{field} is {value}, but must be {must}")]
    Recipe {
        /// The name of the field.
        field: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        must: &'static str,
    },
    /// A parameter of the rule, the schedule, the average or the defence.
    #[error(transparent)]
    Named(#[from] NamedError),
    /// The augmentations do not fit the data, or each other.
    #[error(transparent)]
    Examples(#[from] DataError),
    /// The data do not fit the model.
    #[error("data: {0}")]
    Data(String),
    /// The loss is infinite or NaN.
    #[error(
        "epoch {epoch}, step {step}: the loss is {loss}: {at}; lower the learning rate or clip the gradient"
    )]
    NonFinite {
        /// The epoch, from 1.
        epoch: usize,
        /// The step of the whole training, from 1.
        step: u64,
        /// The loss.
        loss: f64,
        /// The first layer with a weight or an output that is not finite, in words.
        at: String,
    },
    /// A number inside the network is infinite or NaN: what anomaly mode found, or a weight after a step.
    #[error("epoch {epoch}, step {step}: {at}; lower the learning rate or clip the gradient")]
    Anomaly {
        /// The epoch, from 1.
        epoch: usize,
        /// The step of the whole training, from 1.
        step: u64,
        /// Operation, layer and shape, in words.
        at: String,
    },
    /// What an observer could not do.
    #[error("{0}")]
    Observer(Box<dyn std::error::Error + Send + Sync>),
    /// The network, or a gradient that is not finite.
    #[error(transparent)]
    Network(#[from] NnError),
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A figure that these numbers do not give.
    #[error("figures: {0}")]
    Metrics(#[from] MetricsError),
    /// The attack inside adversarial training.
    #[error("defence: {0}")]
    Attack(#[from] AttackError),
}

impl TrainError {
    /// Whether a loss, a gradient or a running statistic was not finite: what a [`NonFinitePolicy`](crate::NonFinitePolicy) decides on.
    pub fn is_non_finite(&self) -> bool {
        matches!(
            self,
            Self::NonFinite { .. }
                | Self::Anomaly { .. }
                | Self::Network(NnError::NonFinite { .. } | NnError::Statistics { .. })
                | Self::Attack(AttackError::NonFinite { .. })
        )
    }
}

/// `Ok` for a number above 0 and finite. Steps are made in `f32`: there a smaller number is 0 and a larger one infinite.
pub(crate) fn require_positive(field: &'static str, value: f64) -> Result<(), TrainError> {
    if value as f32 > 0.0 && (value as f32).is_finite() {
        return Ok(());
    }
    Err(TrainError::Recipe { field, value: value.to_string(), must: "above 0 and finite, in f32 too" })
}
