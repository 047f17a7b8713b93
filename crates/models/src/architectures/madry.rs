//! The MNIST net of Madry et al. 2018 (arXiv:1706.06083).

use super::relu;
use sparring_activations::AnyActivation;
use sparring_nn::{Graph, layers};

/// conv 5x5 32 same, pool 2, conv 5x5 64 same, pool 2, fc 1024, fc 10: 3,274,634 parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Madry {
    /// The activation after each of the three hidden layers.
    pub activations: [AnyActivation; 3],
}

impl Default for Madry {
    fn default() -> Self {
        Self::with(relu())
    }
}

impl Madry {
    /// One activation everywhere.
    pub fn with(activation: AnyActivation) -> Self {
        Self { activations: std::array::from_fn(|_| activation) }
    }
    /// The network, for `[1, 28, 28]`.
    pub fn spec(&self) -> Graph {
        let [a, b, c] = self.activations.each_ref().map(layers::activation);
        let halve = layers::max_pool2d(2, 2);
        Graph::chain(
            [1, 28, 28],
            vec![
                layers::conv2d(1, 32, 5, 1, 2),
                a,
                halve.clone(),
                layers::conv2d(32, 64, 5, 1, 2),
                b,
                halve,
                layers::flatten(),
                layers::linear(64 * 7 * 7, 1024),
                c,
                layers::linear(1024, 10),
            ],
        )
    }
}
