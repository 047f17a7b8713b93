#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod elementwise;
mod fixed_points;
mod fused;
mod gain;
mod learnt;
mod reference;
mod registry;
mod relax;
#[cfg(feature = "serde")]
mod serialize;
mod shapes;
mod slices;

pub use contract::{About, Activation, Smoothness};
pub use elementwise::*;
pub use fixed_points::fixed_points;
pub use gain::gain;
pub use learnt::{Parametric, Sharing, Trainable};
pub use relax::{Line, Lines, Points, Relax};
pub use sparring_math::named::NamedError as ActivationError;
