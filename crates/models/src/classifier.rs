//! A classifier: a network whose output is one row of logits an example.

use crate::ModelError;
use sparring_autograd::Tape;
use sparring_nn::{Cost, Cx, Graph, Network, Summary, Victim};
use sparring_oracle::Bounds;
use sparring_seed::Key;
use sparring_tensor::{Array, reduce};

/// Graph and network, kept together so that a saved model can be built again.
#[derive(Debug)]
pub struct ClassifierNet {
    spec: Graph,
    /// The network.
    pub net: Network<f32>,
    classes: usize,
}

impl ClassifierNet {
    /// Pixels lie in [0, 1].
    pub const BOUNDS: Bounds = Bounds::UNIT;

    /// A network with parameters drawn by `key`.
    ///
    /// # Errors
    /// If shapes do not fit, the output is not a row of at least two logits, or an activation follows the last layer:
    /// the loss works on logits, and a ReLU there, say, makes rows of zeros that are no distribution.
    pub fn new(spec: Graph, key: Key) -> Result<Self, ModelError> {
        let model = Self::of_network(spec.build(key)?)?;
        if let Some(function) = model.spec.layers().next_back().and_then(|l| l.as_activation()) {
            let what =
                format!("`{function}` follows the last layer, but the loss works on logits; leave it out");
            return Err(ModelError::Role { model: "classifier", what });
        }
        Ok(model)
    }
    /// A network as it is, whatever its last layer: one of another program.
    ///
    /// # Errors
    /// If its output is not a row of at least two numbers.
    pub fn of_network(net: Network<f32>) -> Result<Self, ModelError> {
        let classes = Victim::new(&net, Self::BOUNDS).map(|v| sparring_oracle::Classifier::classes(&v))?;
        Ok(Self { spec: net.graph().clone(), net, classes })
    }
    /// The network as data.
    pub fn spec(&self) -> &Graph {
        &self.spec
    }
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }
    /// What attacks see: logits and input gradients, parameters frozen. A call is an error if a tensor of the network was set to another
    /// shape.
    pub fn victim(&self) -> Victim<'_> {
        Victim::of_checked(&self.net, self.classes, Self::BOUNDS)
    }
    /// What one example asks of the machine.
    pub fn cost(&self) -> Cost {
        self.net.cost().expect("checked when built")
    }
    /// Layers, shapes, parameters.
    pub fn summary(&self) -> Summary {
        self.spec.summary().expect("checked when built")
    }
    /// The most likely class of each example of x `[n, c, h, w]`.
    ///
    /// # Panics
    /// If x does not have the shape of the network's examples.
    pub fn predict(&self, x: Array<f32>) -> Vec<usize> {
        let tape = Tape::new();
        reduce::argmax_rows(&self.net.forward(&Cx::eval(&tape), tape.constant(x)).value())
    }
}
