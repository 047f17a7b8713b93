//! Activations with learnt parameters: the contract of a formula, and its slice functions.

mod elementwise;
mod parametric;
mod rules;
mod sharing;
mod sums;
mod trainable;

pub use parametric::Parametric;
pub use sharing::Sharing;
pub use trainable::Trainable;
pub(crate) use trainable::demand;
