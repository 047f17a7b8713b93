//! The loops behind the gradient attacks, and their parts.

mod adaptive;
mod objective;
mod parts;
mod search;
mod walk;
pub(crate) use adaptive::{Adaptive, Keep};
pub(crate) use objective::{Objective, OfClass, Said, gradients, logits};
pub(crate) use parts::{LENGTH, LOSS, Origin};
pub use parts::{Start, StepSize, Stop};
pub(crate) use search::Search;
pub(crate) use walk::Ascent;
