//! One file an architecture: a small struct of choices with a name, turned into a graph.

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
mod wide_autoencoder;

pub use article_autoencoder::ArticleAutoencoder;
pub use article_gan::ArticleGan;
pub use conv_autoencoder::ConvAutoencoder;
pub use conv_vq_vae::ConvVqVae;
pub use dcgan::Dcgan;
pub use fgsm_rs::FgsmRs;
pub use linear_autoencoder::LinearAutoencoder;
pub use madry::{Madry, Normalization};
pub use mlp::Mlp;
pub use mlp_vae::MlpVae;
pub use resnet_small::ResnetSmall;
pub use wide_autoencoder::WideAutoencoder;

use crate::HiddenActivation;
use sparring_nn::{AnyLayer, layers};

/// Affine maps through these widths, each but the last followed by its activation; the identity is no layer, so that
/// names stay those of the equal `nn.Sequential`.
pub(crate) fn affine_chain(widths: &[usize], between: &[HiddenActivation]) -> Vec<AnyLayer> {
    let mut layers = Vec::new();
    for (i, pair) in widths.windows(2).enumerate() {
        layers.push(layers::linear(pair[0], pair[1]));
        layers.extend(between.get(i).and_then(HiddenActivation::layer));
    }
    layers
}
