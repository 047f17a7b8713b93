//! The small convolutional net of "Fast is better than free" (Wong, Rice, Kolter 2020, arXiv:2001.03994) for MNIST.

use crate::HiddenActivations;
use sparring_activations::AnyActivation;
use sparring_math::named::NamedError;
use sparring_nn::{Graph, layers};

/// conv 16 4x4 stride 2, conv 32 4x4 stride 2, fc 100, fc 10: 166,406 parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FgsmRs {
    /// The activation after each of the three hidden layers.
    pub activation: HiddenActivations,
}

sparring_math::named! {
    FgsmRs: "fgsm-rs", [], "Wong et al. 2020, arXiv:2001.03994";
    activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.activation.fit(Self::NAME, 3)
        }
    }
}

impl FgsmRs {
    /// One activation everywhere.
    pub fn with(activation: AnyActivation) -> Self {
        Self { activation: activation.into() }
    }
    /// The network, for `[1, 28, 28]`.
    pub fn spec(&self) -> Graph {
        let [a, b, c] = [0, 1, 2].map(|i| self.activation.at(i).layer());
        Graph::chain(
            [1, 28, 28],
            vec![
                layers::conv2d(1, 16, 4, 2, 1),
                a,
                layers::conv2d(16, 32, 4, 2, 1),
                b,
                layers::flatten(),
                layers::linear(32 * 7 * 7, 100),
                c,
                layers::linear(100, 10),
            ],
        )
    }
}
