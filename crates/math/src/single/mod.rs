//! `f32`, the working type: branch-free formulas that a compiler can turn into vector code.
//!
//! `f32` itself never uses a fused multiply-add: `f32::mul_add` is a library call where the instruction set has none, and a
//! plain `a * b + c` rounds the same way everywhere. [`Fused`] is the same type with the multiply-adds fused, for loops
//! compiled for an instruction set that has them.
//! The coefficients come from `fit/fit.py` beside this crate's sources.

mod circular;
mod exp;
mod fused;
mod ln;
mod logistic;
mod madd;
mod normal;
mod scalar;

pub use exp::{EXP_POLYNOMIAL, LN2_HIGH, LN2_LOW};
pub use fused::Fused;
