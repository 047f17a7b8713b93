//! `f32`, the working type: branch-free formulas that a compiler can turn into vector code.
//!
//! No formula uses a fused multiply-add: `f32::mul_add` is a library call where the instruction set has none, and a
//! plain `a * b + c` rounds the same way in scalar, AVX2 and AVX-512 code, so that one input has one answer everywhere.
//! The coefficients come from `fit/fit.py` beside this crate's sources.

mod exp;
mod ln;
mod logistic;
mod normal;
mod scalar;
