//! Activation functions with value, first and second derivative, bounds and sources.
#![forbid(unsafe_code)]

mod contract;
pub use contract::{About, Activation, Trainable};
