//! Decompositions that look at their own results: what comes out is finite and solves the problem, or it is an error.

mod basis;
mod jacobi;
mod singular;
mod symmetric;

pub(crate) use basis::orthonormal;
pub(crate) use singular::singular_values;
pub(crate) use symmetric::{Leading, leading};
