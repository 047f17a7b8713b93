//! A generative adversarial network: a generator of examples and a discriminator of logits.

use crate::ModelError;
use crate::ending::final_activation;
use crate::noise::standard_normal;
use serde::{Deserialize, Serialize};
use sparring_activations::Activation;
use sparring_autograd::Tape;
use sparring_nn::{Cx, Graph, Network};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};

/// Both networks as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GanSpec {
    /// From noise `[1, 1, z]` to an example.
    pub generator: Graph,
    /// From an example to one logit.
    pub discriminator: Graph,
}

/// Specs and networks.
#[derive(Debug)]
pub struct Gan {
    spec: GanSpec,
    range: (f64, f64),
    /// From noise to examples.
    pub generator: Network<f32>,
    /// From examples to logits.
    pub discriminator: Network<f32>,
}

fn role(what: String) -> ModelError {
    ModelError::Role { model: "gan", what }
}

impl Gan {
    /// Networks with parameters drawn by `key`, for data in `range`.
    ///
    /// # Errors
    /// If shapes do not fit; if the generator's values leave the range of the data (tanh against [0, 1], a linear or
    /// ReLU output), which lets the discriminator win by looking at the range alone; if an activation follows the
    /// discriminator's last layer, since the loss works on logits (a sigmoid there is applied twice: the
    /// discriminator's loss can then never fall below 1.0064).
    pub fn new(spec: GanSpec, range: (f64, f64), key: Key) -> Result<Self, ModelError> {
        let generator: Network<f32> = spec.generator.build(key.named("generator"))?;
        let discriminator: Network<f32> = spec.discriminator.build(key.named("discriminator"))?;
        let batch = |s: [usize; 3]| Shape::new(&[1, s[0], s[1], s[2]]);
        let made = generator.output_shape(1)?;
        if made != batch(spec.discriminator.input) {
            return Err(role(format!(
                "the generator makes {made}, the discriminator takes {}",
                batch(spec.discriminator.input)
            )));
        }
        if spec.generator.outputs.len().max(spec.discriminator.outputs.len()) > 1 {
            return Err(role("a network with several outputs: `Graph::up_to` makes a network of one".into()));
        }
        let verdict = discriminator.output_shape(1)?;
        if verdict.dims() != [1, 1] {
            return Err(role(format!("the discriminator gives {verdict} for one example, not one logit")));
        }
        let (lo, hi) =
            final_activation(&spec.generator).map_or((None, None), |a| Activation::<f64>::about(a).range);
        if !(lo.is_some_and(|l| l >= range.0) && hi.is_some_and(|h| h <= range.1)) {
            let name =
                final_activation(&spec.generator).map_or("no activation".to_string(), ToString::to_string);
            let show = |end: Option<f64>, none: &str| end.map_or(none.to_string(), |v| v.to_string());
            return Err(role(format!(
                "the generator ends in {name}, range ({}, {}), but the data lie in [{}, {}]: the discriminator would win \
                 by the range alone; end it in sigmoid, or scale the data",
                show(lo, "-inf"),
                show(hi, "inf"),
                range.0,
                range.1
            )));
        }
        if let Some(a) = final_activation(&spec.discriminator) {
            return Err(role(format!(
                "the discriminator ends in {a}, but the loss takes logits: a sigmoid would be applied twice and the loss \
                 could never fall below 1.0064; leave it out"
            )));
        }
        Ok(Self { spec, range, generator, discriminator })
    }
    /// Both networks as data.
    pub fn spec(&self) -> &GanSpec {
        &self.spec
    }
    /// Numbers of noise an example is made from.
    pub fn latent(&self) -> usize {
        self.spec.generator.input.iter().product()
    }
    /// The range of the data it was made for, lowest and highest value.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.spec.discriminator.input
    }
    /// Noise z ~ N(0, I), `[ids.len(), 1, 1, z]`; row i depends on `key` and `ids[i]` alone, with the same bits on every machine.
    pub fn noise(&self, key: Key, ids: &[u64]) -> Array<f32> {
        let [c, h, w] = self.spec.generator.input;
        let mut z = Array::stale([ids.len(), c, h, w]);
        standard_normal(key, ids, self.latent(), z.as_mut_slice());
        z
    }
    /// Most samples that should be drawn at once: what lies between the generator's layers is bounded ([`Cost`](sparring_nn::Cost)).
    pub fn most_samples(&self) -> usize {
        self.generator.cost().expect("checked when built").most_examples()
    }
    /// G(z), `[n, c, h, w]`.
    ///
    /// # Panics
    /// If z is not noise for this generator.
    pub fn generate(&self, z: Array<f32>) -> Array<f32> {
        let tape = Tape::new();
        self.generator.forward(&Cx::eval(&tape), tape.constant(z)).value()
    }
}
