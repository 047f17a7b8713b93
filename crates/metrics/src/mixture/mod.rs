//! Gaussian mixtures: densities of codes, and samplers for a decoder.

mod config;
mod density;
mod fit;
mod start;

pub use config::{CovarianceKind, MixtureConfig};
pub use density::GaussianMixture;
pub use fit::MixtureFit;
