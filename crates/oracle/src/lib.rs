//! What can be attacked: a model of any framework seen through plain slices.
//!
//! Implement [`Classifier`] (logits) and, where gradients exist, [`Differentiable`] (pull-back to the input);
//! every attack of `sparring-attacks` then runs on it. Access is a type: a black-box attack cannot ask for a gradient.
#![forbid(unsafe_code)]

mod batch;
mod contract;
mod error;
pub use batch::{Batch, Bounds};
pub use contract::{Classifier, Differentiable, FirstLayer};
pub use error::OracleError;
