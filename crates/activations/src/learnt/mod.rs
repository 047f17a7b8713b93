//! Activations with learnt parameters: the contract of a formula, and its slice functions.

mod contract;
mod elementwise;
mod rules;
mod sharing;
mod sums;

pub use contract::{Parametric, Trainable};
pub use sharing::Sharing;
