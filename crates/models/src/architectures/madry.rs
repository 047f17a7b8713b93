//! The MNIST net of Madry et al. 2018 (arXiv:1706.06083).

use crate::HiddenActivations;
use sparring_activations::AnyActivation;
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// Whether convolutions are normalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalization {
    /// Not.
    #[default]
    None,
    /// By batch normalisation, before their activation.
    Batch,
}

sparring_math::value_of_words!(Normalization { None = "none", Batch = "batch" });

/// conv 5x5 32 same, pool 2, conv 5x5 64 same, pool 2, fc 1024, fc 10: 3,274,634 parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Madry {
    /// The activation after each of the three hidden layers.
    pub activation: HiddenActivations,
    /// What follows each convolution.
    pub norm: Normalization,
}

sparring_math::named! {
    Madry: "madry", [], "Madry et al. 2018, arXiv:1706.06083";
    norm: Range::Words(Normalization::WORDS), "normalisation of the convolutions";
    activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.activation.fit(Self::NAME, 3)
        }
    }
}

impl Madry {
    /// One activation everywhere.
    pub fn with(activation: AnyActivation) -> Self {
        Self { activation: activation.into(), ..Self::default() }
    }
    /// The network, for `[1, 28, 28]`.
    pub fn spec(&self) -> Graph {
        let [a, b, c] = [0, 1, 2].map(|i| self.activation.at(i).layer());
        let normalised = |conv, channels| match self.norm {
            Normalization::None => vec![conv],
            Normalization::Batch => vec![conv, layers::batch_norm(channels)],
        };
        let mut all = normalised(layers::conv2d(1, 32, 5, 1, 2), 32);
        all.extend([a, layers::max_pool2d(2, 2)]);
        all.extend(normalised(layers::conv2d(32, 64, 5, 1, 2), 64));
        all.extend([b, layers::max_pool2d(2, 2), layers::flatten()]);
        all.extend([layers::linear(64 * 7 * 7, 1024), c, layers::linear(1024, 10)]);
        Graph::chain([1, 28, 28], all)
    }
}
