//! The one loop behind every gradient attack, and its parts.

mod parts;
mod search;
mod walk;
pub(crate) use parts::{LENGTH, LOSS, Origin};
pub use parts::{Start, StepSize, Stop};
pub(crate) use search::Search;
pub(crate) use walk::Ascent;
