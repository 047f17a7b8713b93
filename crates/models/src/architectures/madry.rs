//! The MNIST net of Madry et al. 2018 (arXiv:1706.06083).

use super::relu;
use sparring_activations::AnyActivation;
use sparring_nn::{LayerSpec, Spec, layers::Pool};

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
    pub fn spec(&self) -> Spec {
        let [a, b, c] = self.activations.each_ref().map(LayerSpec::activation);
        let halve = LayerSpec::Pool2d { pool: Pool::Max, kernel: [2; 2], stride: [2; 2], padding: [0; 2] };
        Spec::new(
            [1, 28, 28],
            vec![
                LayerSpec::conv(1, 32, 5, 1, 2),
                a,
                halve.clone(),
                LayerSpec::conv(32, 64, 5, 1, 2),
                b,
                halve,
                LayerSpec::Flatten,
                LayerSpec::linear(64 * 7 * 7, 1024),
                c,
                LayerSpec::linear(1024, 10),
            ],
        )
    }
}
