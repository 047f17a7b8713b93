#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adv_gan;
mod architectures;
mod autoencoder;
mod classifier;
mod codebook;
mod coder;
mod conditioning;
mod ending;
mod error;
mod gan;
mod hidden;
mod noise;
mod purified;
mod registry;
mod vae;
mod vq_vae;

pub use adv_gan::AdvGanSpec;
pub use architectures::{
    AdvGanNets, ArticleAutoencoder, ArticleGan, ConvAutoencoder, ConvVqVae, CriticNorm, Dcgan, FgsmRs,
    LinearAutoencoder, Madry, Mlp, MlpVae, Normalization, ResnetSmall, ToyCritic, ToyGan, WideAutoencoder,
};
pub use autoencoder::Autoencoder;
pub use classifier::ClassifierNet;
pub use coder::ImageCoder;
pub use conditioning::{Conditioning, GanForm};
pub use error::ModelError;
pub use gan::{Gan, GanSpec};
pub use hidden::{HiddenActivation, HiddenActivations};
pub use purified::purified;
pub use registry::{ALL, Arch, ModelInfo, ModelKind};
pub use vae::{Vae, VaeSpec};
pub use vq_vae::{VqVae, VqVaeSpec};
