#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod elementwise;
mod fixed_points;
mod fused;
mod gain;
mod learnt;
mod mean_field;
mod quadrature;
mod reference;
mod registry;
mod relax;
pub mod rows;
#[cfg(feature = "serde")]
mod serialize;
mod shapes;
mod slices;

pub use contract::{About, Activation, NOWHERE_ELSE, Smoothness};
pub use elementwise::*;
pub use fixed_points::fixed_points;
pub use gain::gain;
pub use learnt::{Parametric, Sharing, Trainable};
pub use mean_field::{
    EdgeOfChaos, Length, MeanField, edge_at_length, edge_of_chaos, gradient_factor, length_after, mean_field,
};
pub use relax::{LinearBound, LinearBounds, Points, Relax, Turns};
pub use rows::{AboutRows, AnyRowActivation, RowActivation};
pub use sparring_math::named::NamedError as ActivationError;
