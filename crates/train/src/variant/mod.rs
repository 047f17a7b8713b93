//! Autoencoders beside the plain one: one file each, registered in `registry`.

mod contract;
mod contractive;
mod denoising;
mod plain;
mod registry;
mod sparse;
mod sparse_kl;

pub use contract::Variant;
pub use contractive::Contractive;
pub use denoising::Denoising;
pub use plain::Plain;
pub use registry::AnyVariant;
pub use sparse::SparseCode;
pub use sparse_kl::SparseCodeKl;
