//! An autoencoder: a network that gives back its input through a narrow code.

use crate::ModelError;
use sparring_autograd::Tape;
use sparring_nn::{Cx, Graph, Network, Summary};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Graph, network and where the code is.
#[derive(Debug)]
pub struct Autoencoder {
    spec: Graph,
    /// The network.
    pub net: Network<f32>,
    encoder: usize,
    code: usize,
}

impl Autoencoder {
    /// A network with parameters drawn by `key`; its first `encoder` layers end in the code.
    ///
    /// # Errors
    /// If shapes do not fit or the output does not have as many numbers as the input.
    pub fn new(spec: Graph, encoder: usize, key: Key) -> Result<Self, ModelError> {
        let net: Network<f32> = spec.build(key)?;
        let [c, h, w] = spec.input;
        let out = net.output_shape(1)?;
        let role = |what: String| ModelError::Role { model: "autoencoder", what };
        if spec.outputs.len() > 1 {
            return Err(role(format!(
                "has {} outputs, an autoencoder has one: `Graph::up_to` makes a network of one",
                spec.outputs.len()
            )));
        }
        if out.numel() != c * h * w {
            return Err(role(format!("gives {out} for an input of {} numbers", c * h * w)));
        }
        if encoder == 0 || encoder >= spec.nodes.len() {
            return Err(role(format!("encoder of {encoder} layers in a network of {}", spec.nodes.len())));
        }
        let code = spec.head(encoder).output_shape(1)?.numel();
        Ok(Self { spec, net, encoder, code })
    }
    /// The network as data.
    pub fn spec(&self) -> &Graph {
        &self.spec
    }
    /// Layers of the encoder.
    pub fn encoder(&self) -> usize {
        self.encoder
    }
    /// Numbers in the code.
    pub fn code(&self) -> usize {
        self.code
    }
    /// Layers, shapes, parameters.
    pub fn summary(&self) -> Summary {
        self.spec.summary().expect("checked when built")
    }
    /// The reconstruction `[n, pixels]` of x `[n, c, h, w]`.
    ///
    /// # Panics
    /// If x does not have the shape of the network's examples.
    pub fn reconstruct(&self, x: Array<f32>) -> Array<f32> {
        let (tape, n) = (Tape::new(), x.shape()[0]);
        let y = self.net.forward(&Cx::eval(&tape), tape.constant(x)).value();
        y.reshape([n, y.len() / n.max(1)])
    }
    /// The code `[n, code]` of x `[n, c, h, w]`.
    ///
    /// # Panics
    /// If x does not have the shape of the network's examples.
    pub fn encode(&self, x: Array<f32>) -> Array<f32> {
        let (tape, n) = (Tape::new(), x.shape()[0]);
        let y = self.net.forward_to(&Cx::eval(&tape), tape.constant(x), self.encoder).value();
        y.reshape([n, self.code])
    }
    /// The pixels `[n, pixels]` of codes z, `n · code` numbers.
    ///
    /// # Panics
    /// If z does not hold whole codes, or the network is no chain.
    pub fn decode(&self, z: Array<f32>) -> Array<f32> {
        let n = z.len() / self.code;
        assert_eq!(z.len(), n * self.code, "autoencoder: {} numbers for codes of {}", z.len(), self.code);
        let shape = self.spec.head(self.encoder).output_shape(n).expect("checked when built");
        let tape = Tape::new();
        let y =
            self.net.forward_from(&Cx::eval(&tape), tape.constant(z.reshape(shape)), self.encoder).value();
        y.reshape([n, y.len() / n.max(1)])
    }
}
