//! What can be wrong with the input of a loss.

use std::fmt;

/// A loss cannot be used as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossError {
    /// A target is not a class of the model.
    ClassOutOfRange {
        /// Row of the target in the batch.
        row: usize,
        /// The class it names.
        class: usize,
        /// Number of classes of the model.
        classes: usize,
    },
    /// The loss compares classes and the model has too few of them.
    TooFewClasses {
        /// Name of the loss.
        loss: &'static str,
        /// Number of classes of the model.
        classes: usize,
        /// Number of classes the loss needs.
        needed: usize,
    },
}

impl fmt::Display for LossError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClassOutOfRange { row, class, classes } => write!(
                f,
                "target of row {row} is class {class}, but there are {classes} classes, counted from 0; check the labels or the size of the last layer"
            ),
            Self::TooFewClasses { loss, classes, needed } => {
                write!(f, "loss `{loss}` needs at least {needed} classes, the model has {classes}")
            }
        }
    }
}

impl std::error::Error for LossError {}
