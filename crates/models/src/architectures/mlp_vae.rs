//! The dense variational autoencoder of Kingma and Welling, as in the examples of PyTorch.

use super::affine_chain::affine_chain;
use crate::{HiddenActivations, VaeSpec};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// Encoder 784-hidden-(2 latent): mu and log-variance; decoder latent-hidden-784: logits of the pixels. 652,824 parameters at 20 and 400.
#[derive(Clone, Debug, PartialEq)]
pub struct MlpVae {
    /// Numbers of the code.
    pub latent: usize,
    /// Width of both hidden layers.
    pub hidden: usize,
    /// The activation after the hidden layers: the encoder's, the decoder's.
    pub activation: HiddenActivations,
}

impl Default for MlpVae {
    fn default() -> Self {
        Self { latent: 20, hidden: 400, activation: HiddenActivations::default() }
    }
}

sparring_math::named! {
    MlpVae: "vae", [], "Kingma and Welling 2014, arXiv:1312.6114; github.com/pytorch/examples";
    latent: Range::Whole { low: 1, high: 784 }, "numbers of the code";
    hidden: Range::COUNT, "width of both hidden layers";
    activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.activation.fit(Self::NAME, 2)
        }
    }
}

impl MlpVae {
    /// Both networks, for `[1, 28, 28]`.
    pub fn spec(&self) -> VaeSpec {
        let [a, b] = [0, 1].map(|i| self.activation.at(i));
        let chain = |widths: &[usize], between| {
            let mut all = vec![layers::flatten()];
            all.extend(affine_chain(widths, &[between]));
            all
        };
        VaeSpec {
            encoder: Graph::chain([1, 28, 28], chain(&[784, self.hidden, 2 * self.latent], a)),
            decoder: Graph::chain([1, 1, self.latent], chain(&[self.latent, self.hidden, 784], b)),
        }
    }
}
