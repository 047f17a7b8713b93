//! One file an architecture: a small struct of choices with a name, turned into a graph.

mod adv_gan_nets;
mod affine_chain;
mod article_autoencoder;
mod article_gan;
mod conv_autoencoder;
mod conv_vq_vae;
mod dcgan;
mod fgsm_rs;
mod linear_autoencoder;
mod madry;
mod mlp;
mod mlp_vae;
mod resnet_small;
mod toy_gan;
mod wide_autoencoder;

pub use adv_gan_nets::AdvGanNets;
pub use article_autoencoder::ArticleAutoencoder;
pub use article_gan::ArticleGan;
pub use conv_autoencoder::ConvAutoencoder;
pub use conv_vq_vae::ConvVqVae;
pub use dcgan::{CriticNorm, Dcgan};
pub use fgsm_rs::FgsmRs;
pub use linear_autoencoder::LinearAutoencoder;
pub use madry::{Madry, Normalization};
pub use mlp::Mlp;
pub use mlp_vae::MlpVae;
pub use resnet_small::ResnetSmall;
pub use toy_gan::{ToyCritic, ToyGan};
pub use wide_autoencoder::WideAutoencoder;
