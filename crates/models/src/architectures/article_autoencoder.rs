//! The autoencoder of the articles.

use super::{affine_chain, relu};
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_nn::{Graph, layers};

/// 784-64-32-32-32-64-784, linear code of 32, sigmoid pixels: 107,504 parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleAutoencoder {
    /// The activation after each of the four hidden layers (two in the encoder, two in the decoder).
    pub hidden: [AnyActivation; 4],
    /// The activation of the code.
    pub code: AnyActivation,
    /// The activation of the pixels.
    pub output: AnyActivation,
}

impl Default for ArticleAutoencoder {
    fn default() -> Self {
        Self::with(relu())
    }
}

impl ArticleAutoencoder {
    /// One activation in all hidden layers.
    pub fn with(activation: AnyActivation) -> Self {
        Self {
            hidden: std::array::from_fn(|_| activation),
            code: AnyActivation::Identity(Identity),
            output: AnyActivation::Sigmoid(Sigmoid),
        }
    }
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let [a, b, c, d] = self.hidden;
        let mut layers = vec![layers::flatten()];
        // The code's activation follows an affine map to 32: written here, so that the encoder's end is known.
        layers.extend(affine_chain(&[784, 64, 32, 32], &[a, b, self.code]));
        let encoder = layers.len();
        layers.extend(affine_chain(&[32, 32, 64, 784], &[c, d, self.output]));
        (Graph::chain([1, 28, 28], layers), encoder)
    }
}
