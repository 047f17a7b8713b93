//! The one loop behind every gradient attack, and its parts.

mod parts;
mod search;
mod walk;
pub(crate) use parts::{Origin, at_least_one};
pub use parts::{Start, StepSize, Stop};
pub(crate) use search::Search;
pub(crate) use walk::Ascent;
