//! A convolutional autoencoder with a codebook, at 28 x 28 pixels.

use crate::{HiddenActivations, VqVaeSpec};
use sparring_activations::{AnyActivation, Sigmoid, Silu};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// Two convolutions 4x4 of stride 2 (32, 64), one 1x1 to `dim` numbers at 7 x 7 places, batch normalisation; a convolution 3x3, two transposed convolutions 4x4 of stride 2, sigmoid pixels: 77,041 parameters, and
/// a codebook of 128 x 16 numbers. A code is 49 entries, 343 bits at 128.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvVqVae {
    /// Vectors of the codebook.
    pub entries: usize,
    /// Numbers of a vector.
    pub dim: usize,
    /// The activation after each of the four hidden layers (two in the encoder, two in the decoder).
    pub hidden: HiddenActivations,
}

impl Default for ConvVqVae {
    fn default() -> Self {
        Self { entries: 128, dim: 16, hidden: AnyActivation::Silu(Silu).into() }
    }
}

sparring_math::named! {
    ConvVqVae: "vq-vae", [], "van den Oord et al. 2017, arXiv:1711.00937";
    entries: Range::Whole { low: 2, high: 65536 }, "vectors of the codebook";
    dim: Range::Whole { low: 1, high: 1024 }, "numbers of a vector";
    hidden as activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.hidden.fit(Self::NAME, 4)
        }
    }
}

impl ConvVqVae {
    /// The networks, for `[1, 28, 28]`.
    pub fn spec(&self) -> VqVaeSpec {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.hidden.at(i).layer());
        let encoder = vec![
            layers::conv2d(1, 32, 4, 2, 1),
            a,
            layers::conv2d(32, 64, 4, 2, 1),
            b,
            layers::conv2d(64, self.dim, 1, 1, 0),
            // Without it the first encodings are all alike, and one vector serves them all.
            layers::batch_norm(self.dim),
        ];
        let decoder = vec![
            layers::conv2d(self.dim, 64, 3, 1, 1),
            c,
            layers::conv_transpose2d(64, 32, 4, 2, 1),
            d,
            layers::conv_transpose2d(32, 1, 4, 2, 1),
            layers::activation(&AnyActivation::Sigmoid(Sigmoid)),
        ];
        VqVaeSpec {
            encoder: Graph::chain([1, 28, 28], encoder),
            decoder: Graph::chain([self.dim, 7, 7], decoder),
            entries: self.entries,
        }
    }
}
