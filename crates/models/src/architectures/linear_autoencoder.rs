//! The linear autoencoder: the best check of engine and optimiser, since its optimum is PCA (Baldi and Hornik 1989).

use super::affine_chain::affine_chain;
use sparring_math::named::Range;
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

sparring_math::named! {
    LinearAutoencoder: "linear-autoencoder", [], "Baldi and Hornik 1989";
    code: Range::Whole { low: 1, high: 784 }, "numbers in the code";
}

impl LinearAutoencoder {
    /// The network, for `[1, 28, 28]`, and the number of layers in its encoder.
    pub fn spec(&self) -> (Graph, usize) {
        let mut layers = vec![layers::flatten()];
        layers.extend(affine_chain(&[784, self.code, 784], &[]));
        (Graph::chain([1, 28, 28], layers), 2)
    }
}
