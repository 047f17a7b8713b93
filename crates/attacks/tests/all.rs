//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod contract;
mod determinism;
mod evaluation;
mod findings;
mod linear_optimum;
mod minimum_norm;
mod models;
mod projection;
mod proposer;
mod serde;
mod smallest;
mod step_sizes;
