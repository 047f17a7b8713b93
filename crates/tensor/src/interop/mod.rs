//! Conversions of arrays from and to matrices and vectors of other crates.

#[cfg(feature = "nalgebra")]
mod linear_algebra;
mod plain;
