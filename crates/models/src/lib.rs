#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod architectures;
mod autoencoder;
mod classifier;
mod error;
mod gan;
mod hidden;
mod registry;

pub use architectures::{
    ArticleAutoencoder, ArticleGan, Dcgan, FgsmRs, LinearAutoencoder, Madry, Mlp, Normalization, ResnetSmall,
};
pub use autoencoder::Autoencoder;
pub use classifier::ClassifierNet;
pub use error::ModelError;
pub use gan::{Gan, GanSpec};
pub use hidden::{HiddenActivation, HiddenActivations};
pub use registry::{ALL, Arch, ModelInfo, ModelKind};
