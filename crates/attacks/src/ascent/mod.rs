//! The loops behind the gradient attacks, and their parts.

mod adaptive;
mod diversity;
mod objective;
mod parts;
mod restart;
mod rule;
mod walk;
pub(crate) use adaptive::{Adaptive, Keep};
pub(crate) use diversity::Diversity;
pub(crate) use objective::{Objective, OfClass, Said, gradients, logits};
pub(crate) use parts::{LENGTH, LOSS, Origin};
pub use parts::{Start, StepSize, Stop};
pub(crate) use restart::{Pace, Restart, check_start};
pub(crate) use rule::Rule;
pub(crate) use walk::{Ascent, offer};
