//! The GAN of the articles, done right: hidden layers in the discriminator, logits instead of a sigmoid.

use super::{affine_chain, relu};
use crate::GanSpec;
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_nn::{Graph, layers};

/// G 100-128-128-784 with sigmoid pixels, D 784-128-128-1 with a logit.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleGan {
    /// The activation after each hidden layer of the generator.
    pub generator: [AnyActivation; 2],
    /// The activation after each hidden layer of the discriminator.
    pub discriminator: [AnyActivation; 2],
    /// The activation of the generated pixels; its range must be that of the data.
    pub output: AnyActivation,
    /// What follows the discriminator's last affine map; identity, since the loss works on logits.
    pub verdict: AnyActivation,
}

impl Default for ArticleGan {
    fn default() -> Self {
        Self::with(relu())
    }
}

impl ArticleGan {
    /// One activation in all hidden layers.
    pub fn with(activation: AnyActivation) -> Self {
        let pair = || std::array::from_fn(|_| activation);
        Self {
            generator: pair(),
            discriminator: pair(),
            output: AnyActivation::Sigmoid(Sigmoid),
            verdict: AnyActivation::Identity(Identity),
        }
    }
    /// Both networks, for `[1, 28, 28]`.
    pub fn spec(&self) -> GanSpec {
        let [a, b] = self.generator;
        let mut generator = vec![layers::flatten()];
        generator.extend(affine_chain(&[100, 128, 128, 784], &[a, b, self.output]));
        generator.push(layers::reshape(&[1, 28, 28]));
        let [a, b] = self.discriminator;
        let mut discriminator = vec![layers::flatten()];
        discriminator.extend(affine_chain(&[784, 128, 128, 1], &[a, b, self.verdict]));
        GanSpec {
            generator: Graph::chain([1, 1, 100], generator),
            discriminator: Graph::chain([1, 28, 28], discriminator),
        }
    }
}
