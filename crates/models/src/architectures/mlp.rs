//! The classifier of the articles.

use super::{affine_chain, relu};
use sparring_activations::AnyActivation;
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
    /// The activation after each hidden layer; the last is repeated if there are fewer.
    pub activations: Vec<AnyActivation>,
}

impl Default for Mlp {
    fn default() -> Self {
        Self { input: [1, 28, 28], hidden: vec![128, 64], classes: 10, activations: vec![relu(), relu()] }
    }
}

impl Mlp {
    /// The default with one activation everywhere.
    pub fn with(activation: AnyActivation) -> Self {
        Self { activations: vec![activation, activation], ..Self::default() }
    }
    /// The network.
    pub fn spec(&self) -> Graph {
        let mut widths = vec![self.input.iter().product()];
        widths.extend(&self.hidden);
        widths.push(self.classes);
        let last = self.activations.last().cloned().unwrap_or_else(relu);
        let between: Vec<_> =
            (0..self.hidden.len()).map(|i| self.activations.get(i).cloned().unwrap_or(last)).collect();
        let mut layers = vec![layers::flatten()];
        layers.extend(affine_chain(&widths, &between));
        Graph::chain(self.input, layers)
    }
}
