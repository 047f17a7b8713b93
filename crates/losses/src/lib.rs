//! Row losses with gradients and Hessian-vector products.
#![forbid(unsafe_code)]

mod contract;
pub use contract::RowLoss;
