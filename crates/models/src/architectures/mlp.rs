//! The classifier of the articles.

use super::affine_chain::affine_chain;
use crate::HiddenActivations;
use sparring_activations::AnyActivation;
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// Flatten, then affine maps through `hidden` to `classes`; 784-128-64-10 by default: 109,386 parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    /// Shape of an example.
    pub input: [usize; 3],
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
    /// The activation after each hidden layer.
    pub activation: HiddenActivations,
}

impl Default for Mlp {
    fn default() -> Self {
        Self {
            input: [1, 28, 28],
            hidden: vec![128, 64],
            classes: 10,
            activation: HiddenActivations::default(),
        }
    }
}

sparring_math::named! {
    Mlp: "mlp", [], "the articles' classifier";
    hidden: Range::Told("whole numbers of at least 1 with dashes between them, as in 128-64"), "widths of the hidden layers";
    activation: HiddenActivations::RANGE, "the activation of the hidden layers";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.activation.fit(Self::NAME, self.hidden.len())
        }
    }
}

impl Mlp {
    /// The default with one activation everywhere.
    pub fn with(activation: AnyActivation) -> Self {
        Self { activation: activation.into(), ..Self::default() }
    }
    /// The network.
    pub fn spec(&self) -> Graph {
        let mut widths = vec![self.input.iter().product()];
        widths.extend(&self.hidden);
        widths.push(self.classes);
        let between: Vec<_> = (0..self.hidden.len()).map(|i| self.activation.at(i)).collect();
        let mut layers = vec![layers::flatten()];
        layers.extend(affine_chain(&widths, &between));
        Graph::chain(self.input, layers)
    }
}
