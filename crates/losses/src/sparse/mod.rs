//! Penalties that make the code of an autoencoder sparse.

mod kl;
mod l1;

pub use kl::SparseKl;
pub use l1::SparseL1;
