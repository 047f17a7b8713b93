//! Scalar mathematics for neural networks: branch-free elementary functions and the slice dispatcher.
#![deny(unsafe_code)]

mod real;
pub use real::Real;
