//! The networks of AdvGAN: a generator of perturbations and a discriminator of what it makes.

use crate::ModelError;
use crate::ending::final_activation;
use serde::{Deserialize, Serialize};
use sparring_activations::Activation;
use sparring_nn::{Graph, Network};
use sparring_seed::Key;

/// Both networks as data.
///
/// Source: Xiao et al. 2018, arXiv:1801.02610.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvGanSpec {
    /// From an example to as many numbers in [−1, 1]: its perturbation, in units of the budget.
    pub generator: Graph,
    /// From an example to one logit: whether it is as it was, or perturbed.
    pub discriminator: Graph,
}

fn role(what: String) -> ModelError {
    ModelError::Role { model: "advgan", what }
}

impl AdvGanSpec {
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.generator.input
    }
    /// Generator and discriminator with parameters drawn by `key`.
    ///
    /// # Errors
    /// If shapes do not fit: the generator gives as many numbers as it takes, the discriminator takes the same examples and gives one logit; if the generator's values leave [−1, 1], an activation
    /// follows the discriminator's last layer, or a layer takes statistics over a batch: the perturbation of an example is to depend on it alone.
    pub fn networks(&self, key: Key) -> Result<[Network<f32>; 2], ModelError> {
        let generator: Network<f32> = self.generator.build(key.named("generator"))?;
        let discriminator: Network<f32> = self.discriminator.build(key.named("discriminator"))?;
        for (whose, graph) in [("generator", &self.generator), ("discriminator", &self.discriminator)] {
            if graph.outputs.len() > 1 {
                let what = format!("a {whose} with several outputs: `Graph::up_to` makes a network of one");
                return Err(role(what));
            }
            if graph.spans_batch() {
                return Err(role(format!(
                    "a layer of the {whose} takes statistics over a batch, but what becomes of an example is to depend on it alone; leave it out, or use instance or layer normalisation"
                )));
            }
        }
        let (takes, made) = (self.shape(), generator.output_shape(1)?);
        if made.numel() != takes.iter().product::<usize>() {
            return Err(role(format!("the generator takes {takes:?} and gives {made}: not a change of it")));
        }
        if self.discriminator.input != takes {
            let sees = self.discriminator.input;
            return Err(role(format!("the generator takes {takes:?}, the discriminator {sees:?}")));
        }
        let (lo, hi) =
            final_activation(&self.generator).map_or((None, None), |a| Activation::<f64>::about(a).range);
        let within = lo.is_some_and(|lo| lo >= -1.0) && hi.is_some_and(|hi| hi <= 1.0);
        if !within {
            let what = "the generator's values are perturbations in units of the budget: end it in tanh";
            return Err(role(what.into()));
        }
        let verdict = discriminator.output_shape(1)?;
        if verdict.dims() != [1, 1] {
            return Err(role(format!("the discriminator gives {verdict} for one example, not one logit")));
        }
        if let Some(a) = final_activation(&self.discriminator) {
            return Err(role(format!(
                "the discriminator ends in {a}, but the loss takes logits; leave it out"
            )));
        }
        Ok([generator, discriminator])
    }
}
