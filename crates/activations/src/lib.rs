#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod elementwise;
mod error;
mod gain;
mod registry;
#[cfg(feature = "serde")]
mod serialize;
mod slices;

pub use contract::{About, Activation, Trainable};
pub use elementwise::*;
pub use error::ActivationError;
pub use gain::gain;
