//! Decompositions that look at their own results: what comes out is finite and solves the problem, or it is an error.

mod basis;
mod cholesky;
mod jacobi;
mod singular;
mod symmetric;

pub(crate) use basis::orthonormal;
pub(crate) use cholesky::{cholesky, solve_lower, solve_upper};
pub(crate) use singular::singular_values;
pub(crate) use symmetric::{Leading, leading};
