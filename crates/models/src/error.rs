//! What can be wrong with a model.

use sparring_nn::{NnError, ShapeError};
use thiserror::Error;

/// Why a model cannot be built or used.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ModelError {
    /// The network itself.
    #[error(transparent)]
    Network(#[from] NnError),
    /// The network does not do what this kind of model must do.
    #[error("{model}: {what}")]
    Role {
        /// Kind of model.
        model: &'static str,
        /// What is wrong and the way out.
        what: String,
    },
}

impl From<ShapeError> for ModelError {
    fn from(e: ShapeError) -> Self {
        Self::Network(e.into())
    }
}
