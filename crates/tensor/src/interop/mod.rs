//! Arrays from and to the matrices and vectors of others.

#[cfg(feature = "nalgebra")]
mod linear_algebra;
mod plain;
