//! A convolutional autoencoder at 28 x 28 pixels.

use crate::{HiddenActivations, Normalization};
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::layers::{self, ConvTranspose2d};
use sparring_nn::{AnyLayer, Graph};

/// Three convolutions (16 4x4 s2, 32 4x4 s2, 64 3x3 s2), an affine map to the code and one to `[64, 7, 7]`, two transposed convolutions 4x4 of stride 2 (32, 16), a convolution 3x3 to sigmoid
/// pixels, batch normalisation after the transposed ones: 204,481 parameters at a code of 32. A kernel that its stride divides leaves no checkerboard. Without the normalisation the first steps
/// drive all pixels so far below 0 that the sigmoid lets no gradient through: black images for ever, in PyTorch as well.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvAutoencoder {
    /// Numbers in the code.
    pub code: usize,
    /// The activation after each of the six hidden layers (three in the encoder, three in the decoder).
    pub hidden: HiddenActivations,
    /// The activation of the code.
    pub code_activation: AnyActivation,
    /// What stands after the transposed convolutions.
    pub norm: Normalization,
}

impl Default for ConvAutoencoder {
    fn default() -> Self {
        Self {
            code: 32,
            hidden: HiddenActivations::default(),
            code_activation: AnyActivation::Identity(Identity),
            norm: Normalization::Batch,
        }
    }
}

sparring_math::named! {
    ConvAutoencoder: "conv-autoencoder", [], "Masci et al. 2011";
    code: Range::Whole { low: 1, high: 784 }, "numbers in the code";
    hidden as activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    code_activation: Range::Told("an activation"), "the activation of the code";
    norm as decoder_norm: Range::Words(Normalization::WORDS), "normalisation after the decoder's transposed convolutions";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.hidden.fit(Self::NAME, 6)
        }
    }
}

impl ConvAutoencoder {
    /// A transposed convolution that doubles the sides; a bias before a normalisation would change nothing.
    fn up(&self, inputs: usize, outputs: usize) -> Vec<AnyLayer> {
        let is_normal = self.norm == Normalization::Batch;
        let (kernel, stride, padding, bias) = ([4; 2], [2; 2], [1; 2], !is_normal);
        let up = ConvTranspose2d { inputs, outputs, kernel, stride, padding, bias, ..Default::default() };
        std::iter::once(up.into()).chain(is_normal.then(|| layers::batch_norm(outputs))).collect()
    }
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
        all.extend([layers::linear(self.code, 64 * 7 * 7), d, layers::reshape(&[64, 7, 7])]);
        all.extend(self.up(64, 32));
        all.push(e);
        all.extend(self.up(32, 16));
        all.extend([f, layers::conv2d(16, 1, 3, 1, 1), layers::activation(&AnyActivation::Sigmoid(Sigmoid))]);
        (Graph::chain([1, 28, 28], all), encoder)
    }
}
