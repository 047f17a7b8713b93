//! A wide dense autoencoder.

use super::affine_chain::affine_chain;
use crate::{HiddenActivation, HiddenActivations};
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// 784-512-256-code-256-512-784 with sigmoid pixels: 1,083,696 parameters at a code of 32.
#[derive(Clone, Debug, PartialEq)]
pub struct WideAutoencoder {
    /// Numbers in the code.
    pub code: usize,
    /// The activation after each of the four hidden layers (two in the encoder, two in the decoder).
    pub hidden: HiddenActivations,
    /// The activation of the code.
    pub code_activation: AnyActivation,
}

impl Default for WideAutoencoder {
    fn default() -> Self {
        Self {
            code: 32,
            hidden: HiddenActivations::default(),
            code_activation: AnyActivation::Identity(Identity),
        }
    }
}

sparring_math::named! {
    WideAutoencoder: "wide-autoencoder", [], "Hinton and Salakhutdinov 2006, narrower";
    code: Range::Whole { low: 1, high: 784 }, "numbers in the code";
    hidden as activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    code_activation: Range::Told("an activation"), "the activation of the code";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.hidden.fit(Self::NAME, 4)
        }
    }
}

impl WideAutoencoder {
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.hidden.at(i));
        let pixels = HiddenActivation::from(AnyActivation::Sigmoid(Sigmoid));
        let mut layers = vec![layers::flatten()];
        layers.extend(affine_chain(&[784, 512, 256, self.code], &[a, b, self.code_activation.into()]));
        let encoder = layers.len();
        layers.extend(affine_chain(&[self.code, 256, 512, 784], &[c, d, pixels]));
        (Graph::chain([1, 28, 28], layers), encoder)
    }
}
