//! DCGAN (Radford et al. 2016, arXiv:1511.06434) at 28 x 28 pixels.

use crate::GanSpec;
use sparring_activations::{AnyActivation, LeakyRelu, Relu, Sigmoid};
use sparring_math::named::Range;
use sparring_nn::Graph;
use sparring_nn::layers::{self, Conv2d, ConvTranspose2d, Linear};

/// G: fc 100-6272 as [128, 7, 7], two transposed convolutions 4x4 of stride 2 to one channel, sigmoid pixels; D: two convolutions 4x4 of stride 2, fc 6272-1. Batch normalisation
/// everywhere but at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dcgan {
    /// Numbers of noise.
    pub latent: usize,
}

impl Default for Dcgan {
    fn default() -> Self {
        Self { latent: 100 }
    }
}

sparring_math::named! {
    Dcgan: "dcgan", [], "Radford et al. 2016, arXiv:1511.06434";
    latent: Range::COUNT, "numbers of noise";
}

impl Dcgan {
    /// Both networks, for `[1, 28, 28]`.
    pub fn spec(&self) -> GanSpec {
        let (relu, leaky) = (AnyActivation::Relu(Relu), AnyActivation::LeakyRelu(LeakyRelu { slope: 0.2 }));
        let (kernel, stride, padding, bias) = ([4; 2], [2; 2], [1; 2], false);
        // A bias before a normalisation would change nothing.
        let up =
            ConvTranspose2d { inputs: 128, outputs: 64, kernel, stride, padding, bias, ..Default::default() };
        let down = Conv2d { inputs: 64, outputs: 128, kernel, stride, padding, bias, ..Default::default() };
        let generator = vec![
            layers::flatten(),
            Linear { inputs: self.latent, outputs: 6272, bias, ..Default::default() }.into(),
            layers::reshape(&[128, 7, 7]),
            layers::batch_norm(128),
            layers::activation(&relu),
            up.into(),
            layers::batch_norm(64),
            layers::activation(&relu),
            layers::conv_transpose2d(64, 1, 4, 2, 1),
            layers::activation(&AnyActivation::Sigmoid(Sigmoid)),
        ];
        let discriminator = vec![
            layers::conv2d(1, 64, 4, 2, 1),
            layers::activation(&leaky),
            down.into(),
            layers::batch_norm(128),
            layers::activation(&leaky),
            layers::flatten(),
            layers::linear(6272, 1),
        ];
        GanSpec {
            generator: Graph::chain([1, 1, self.latent], generator),
            discriminator: Graph::chain([1, 28, 28], discriminator),
        }
    }
}
