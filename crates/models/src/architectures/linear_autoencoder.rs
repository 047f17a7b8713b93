//! The linear autoencoder: the best check of engine and optimiser, since its optimum is PCA (Baldi and Hornik 1989).

use super::affine_chain;
use sparring_nn::{Graph, layers};

/// 784-code-784 without activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinearAutoencoder {
    /// Numbers in the code.
    pub code: usize,
}

impl Default for LinearAutoencoder {
    fn default() -> Self {
        Self { code: 32 }
    }
}

impl LinearAutoencoder {
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let mut layers = vec![layers::flatten()];
        layers.extend(affine_chain(&[784, self.code, 784], &[]));
        (Graph::chain([1, 28, 28], layers), 2)
    }
}
