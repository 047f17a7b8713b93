#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod compiled;
mod double;
pub mod grammar;
pub mod named;
mod real;
pub mod simd;
mod single;

pub use real::Real;
pub use single::{EXP_POLYNOMIAL, Fused, LN2_HIGH, LN2_LOW};
