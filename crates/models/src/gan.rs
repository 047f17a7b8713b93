//! A generative adversarial network: a generator of examples and a discriminator of logits.

use crate::ending::final_activation;
use crate::noise::standard_normal;
use crate::{GanForm, ModelError};
use serde::{Deserialize, Serialize};
use sparring_activations::Activation;
use sparring_autograd::Tape;
use sparring_nn::{Cx, Graph, Network, Node, layers};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};

/// Both networks as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GanSpec {
    /// From noise `[1, 1, z]`, behind which the class stands as zeros and a one if there are any classes, to an example.
    pub generator: Graph,
    /// From an example to one logit; with `pack`, from several, one channel after the other; with classes, as [`Conditioning`](crate::Conditioning) says.
    pub discriminator: Graph,
    /// What the discriminator sees beside an example.
    #[serde(default, skip_serializing_if = "GanForm::is_plain")]
    pub form: GanForm,
}

impl GanSpec {
    /// The discriminator's first layer that normalises over a batch, if there is one: the gradient of an example's logit is not by that example alone there, which gradient penalties need.
    pub fn batch_statistics(&self) -> Option<&Node> {
        self.discriminator.nodes.iter().find(|node| node.layer.as_layer::<layers::BatchNorm>().is_some())
    }
}

/// Specs and networks.
#[derive(Debug)]
pub struct Gan {
    spec: GanSpec,
    range: (f64, f64),
    /// Of an example.
    shape: [usize; 3],
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
        spec.form.check()?;
        let generator: Network<f32> = spec.generator.build(key.named("generator"))?;
        let discriminator: Network<f32> = spec.discriminator.build(key.named("discriminator"))?;
        let made = generator.output_shape(1)?;
        let &[1, c, h, w] = made.dims() else {
            return Err(role(format!("the generator makes {made}, not examples [channels, height, width]")));
        };
        let GanForm { classes, pack, .. } = spec.form;
        let planes = spec.form.planes();
        if spec.discriminator.input != [c.saturating_add(planes).saturating_mul(pack), h, w] {
            let takes = Shape::new(&spec.discriminator.input);
            let of = match (pack, planes) {
                (1, 0) => String::new(),
                (1, planes) => format!(", to which {planes} planes for classes are added"),
                (pack, _) => format!(" in packs of {pack}"),
            };
            return Err(role(format!("the generator makes {made}{of}, the discriminator takes {takes}")));
        }
        if spec.generator.input.iter().product::<usize>() <= classes {
            return Err(role(format!(
                "no number of the generator's input is left for noise beside {classes} classes"
            )));
        }
        if spec.generator.outputs.len().max(spec.discriminator.outputs.len()) > 1 {
            return Err(role("a network with several outputs: `Graph::up_to` makes a network of one".into()));
        }
        let verdict = discriminator.output_shape(1)?;
        let outputs = spec.form.outputs();
        if verdict.dims() != [1, outputs] {
            let wanted = if outputs == 1 {
                "one logit".into()
            } else {
                format!("{outputs}: a logit and those of the classes")
            };
            return Err(role(format!("the discriminator gives {verdict} for one example, not {wanted}")));
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
        Ok(Self { spec, range, shape: [c, h, w], generator, discriminator })
    }
    /// Both networks as data.
    pub fn spec(&self) -> &GanSpec {
        &self.spec
    }
    /// Numbers of noise an example is made from.
    pub fn latent(&self) -> usize {
        self.spec.generator.input.iter().product::<usize>() - self.spec.form.classes
    }
    /// The class that noise of this id asks for: each in turn. `None` where there are no classes.
    pub fn class(&self, id: u64) -> Option<usize> {
        let classes = self.spec.form.classes as u64;
        (classes > 0).then(|| (id % classes) as usize)
    }
    /// The classes of some ids; empty where there are no classes.
    pub fn classes(&self, ids: &[u64]) -> Vec<usize> {
        ids.iter().filter_map(|&id| self.class(id)).collect()
    }
    /// The range of the data it was made for, lowest and highest value.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// What the generator makes examples of: noise z ~ N(0, I), behind it the class of [`class`](Self::class) if there are any, `[ids.len(), 1, 1, z + classes]`; row i depends on `key` and `ids[i]`
    /// alone, with the same bits on every machine.
    pub fn noise(&self, key: Key, ids: &[u64]) -> Array<f32> {
        self.noise_of(key, ids, &self.classes(ids))
    }
    /// The same for examples of these classes, an id each.
    ///
    /// # Panics
    /// If there are classes, but not one below their number for each id.
    pub fn noise_of(&self, key: Key, ids: &[u64], classes: &[usize]) -> Array<f32> {
        let ([c, h, w], latent) = (self.spec.generator.input, self.latent());
        let mut z = Array::zeros([ids.len(), c, h, w]);
        standard_normal(key, ids, latent, z.as_mut_slice());
        if self.spec.form.classes > 0 {
            assert_eq!(classes.len(), ids.len(), "gan: classes and ids");
            for (row, &class) in z.as_mut_slice().chunks_exact_mut(c * h * w).zip(classes) {
                assert!(class < self.spec.form.classes, "gan: class {class} of {}", self.spec.form.classes);
                row[latent + class] = 1.0;
            }
        }
        z
    }
    /// One row of what the discriminator takes: a pack of examples, or an example and the planes of its class.
    ///
    /// # Panics
    /// If `to` does not have the discriminator's length, or the class is none.
    pub fn show(&self, example: &mut dyn FnMut(usize, &mut [f32]), class: Option<usize>, to: &mut [f32]) {
        let [c, h, w] = self.shape;
        let planes = self.spec.form.planes();
        let (shown, told) = to.split_at_mut(self.spec.form.pack * c * h * w);
        shown.chunks_exact_mut(c * h * w).enumerate().for_each(|(i, to)| example(i, to));
        if planes > 0 {
            let class = class.expect("a class, where there are any");
            told.fill(0.0);
            told[class * h * w..(class + 1) * h * w].fill(1.0);
        }
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
