//! What can go wrong between an attack and a model.

use std::fmt;

/// Why a model could not answer, or a batch is not one.
#[derive(Debug)]
#[non_exhaustive]
pub enum OracleError {
    /// The batch or an output slice does not have the shape the model needs; the text says which.
    Shape(String),
    /// The bounds are not `lo < hi`, both finite.
    Bounds {
        /// Lower end.
        lo: f32,
        /// Upper end.
        hi: f32,
    },
    /// The model itself failed.
    Model(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for OracleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(what) => write!(f, "shape: {what}"),
            Self::Bounds { lo, hi } => write!(f, "bounds: lower {lo} must be below upper {hi}, both finite"),
            Self::Model(e) => write!(f, "model: {e}"),
        }
    }
}

impl std::error::Error for OracleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Model(e) => Some(&**e),
            _ => None,
        }
    }
}
