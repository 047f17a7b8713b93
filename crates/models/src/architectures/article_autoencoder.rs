//! The autoencoder of the articles.

use super::affine_chain::affine_chain;
use crate::HiddenActivations;
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// 784-64-32-32-32-64-784, linear code of 32, sigmoid pixels: 107,504 parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleAutoencoder {
    /// The activation after each of the four hidden layers (two in the encoder, two in the decoder).
    pub hidden: HiddenActivations,
    /// The activation of the code.
    pub code: AnyActivation,
    /// The activation of the pixels.
    pub output: AnyActivation,
}

impl Default for ArticleAutoencoder {
    fn default() -> Self {
        Self {
            hidden: HiddenActivations::default(),
            code: AnyActivation::Identity(Identity),
            output: AnyActivation::Sigmoid(Sigmoid),
        }
    }
}

/// What [`ArticleAutoencoder::code`] and [`ArticleAutoencoder::output`] must be.
const ONE: Range = Range::Told("an activation");

sparring_math::named! {
    ArticleAutoencoder: "autoencoder", [], "the articles' autoencoder";
    hidden as activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    code as code_activation: ONE, "the activation of the code";
    output: ONE, "what makes the pixels";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.hidden.fit(Self::NAME, 4)
        }
    }
}

impl ArticleAutoencoder {
    /// One activation in all hidden layers.
    pub fn with(activation: AnyActivation) -> Self {
        Self { hidden: activation.into(), ..Self::default() }
    }
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.hidden.at(i));
        let mut layers = vec![layers::flatten()];
        // The code's activation follows an affine map to 32: written here, so that the encoder's end is known.
        layers.extend(affine_chain(&[784, 64, 32, 32], &[a, b, self.code.into()]));
        let encoder = layers.len();
        layers.extend(affine_chain(&[32, 32, 64, 784], &[c, d, self.output.into()]));
        (Graph::chain([1, 28, 28], layers), encoder)
    }
}
