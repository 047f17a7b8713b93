//! How often a classifier is right, how it is wrong, and what its probabilities are worth.

mod calibration;
mod class_score;
mod confusion;
mod outputs;
mod summary;

pub use calibration::calibration_error;
pub use class_score::{ClassScore, MacroScore};
pub use confusion::{Confusion, accuracy, confusion};
pub use summary::ClassificationMetrics;
