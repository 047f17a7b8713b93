#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod elementwise;
mod fused;
mod gain;
mod learnt;
mod reference;
mod registry;
mod relax;
pub mod rows;
#[cfg(feature = "serde")]
mod serialize;
mod shapes;
mod slices;

pub use contract::{About, Activation, Smoothness};
pub use elementwise::*;
pub use gain::gain;
pub use learnt::{Parametric, Sharing, Trainable};
pub use relax::{Line, Lines, Points, Relax};
pub use rows::{AboutRows, AnyRowActivation, RowActivation};
pub use sparring_math::named::NamedError as ActivationError;
