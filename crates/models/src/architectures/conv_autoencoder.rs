//! A convolutional autoencoder at 28 x 28 pixels.

use crate::HiddenActivations;
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// Three convolutions (16 4x4 s2, 32 4x4 s2, 64 3x3 s2), an affine map to the code and one to `[64, 7, 7]`, two transposed convolutions 4x4 of stride 2 (32, 16), a convolution 3x3 to sigmoid
/// pixels: 204,433 parameters at a code of 32. A kernel that its stride divides leaves no checkerboard.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvAutoencoder {
    /// Numbers in the code.
    pub code: usize,
    /// The activation after each of the six hidden layers (three in the encoder, three in the decoder).
    pub hidden: HiddenActivations,
    /// The activation of the code.
    pub code_activation: AnyActivation,
}

impl Default for ConvAutoencoder {
    fn default() -> Self {
        Self {
            code: 32,
            hidden: HiddenActivations::default(),
            code_activation: AnyActivation::Identity(Identity),
        }
    }
}

sparring_math::named! {
    ConvAutoencoder: "conv-autoencoder", [], "Masci et al. 2011";
    code: Range::Whole { low: 1, high: 784 }, "numbers in the code";
    hidden as activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    code_activation: Range::Told("an activation"), "the activation of the code";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.hidden.fit(Self::NAME, 6)
        }
    }
}

impl ConvAutoencoder {
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(|i| self.hidden.at(i).layer());
        let mut all = vec![
            layers::conv2d(1, 16, 4, 2, 1),
            a,
            layers::conv2d(16, 32, 4, 2, 1),
            b,
            layers::conv2d(32, 64, 3, 2, 1),
            c,
            layers::flatten(),
            layers::linear(64 * 4 * 4, self.code),
        ];
        all.extend(super::affine_chain::activated(self.code_activation.into()));
        let encoder = all.len();
        all.extend([
            layers::linear(self.code, 64 * 7 * 7),
            d,
            layers::reshape(&[64, 7, 7]),
            layers::conv_transpose2d(64, 32, 4, 2, 1),
            e,
            layers::conv_transpose2d(32, 16, 4, 2, 1),
            f,
            layers::conv2d(16, 1, 3, 1, 1),
            layers::activation(&AnyActivation::Sigmoid(Sigmoid)),
        ]);
        (Graph::chain([1, 28, 28], all), encoder)
    }
}
