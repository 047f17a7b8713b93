#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod elementwise;
mod fused;
mod gain;
mod learnt;
mod reference;
mod registry;
#[cfg(feature = "serde")]
mod serialize;
mod slices;

pub use contract::{About, Activation};
pub use elementwise::*;
pub use gain::gain;
pub use learnt::{Parametric, Sharing, Trainable};
pub use sparring_math::named::NamedError as ActivationError;
