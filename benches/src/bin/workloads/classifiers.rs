//! Training of classifiers through `fit`: `mlp`, `cnn` (the Madry net), `smallcnn` (the FGSM-RS net), and the first two with dropout, PReLU, or
//! a clipped gradient; `peers/README.md` defines each.
//!
//! A pass is one epoch over `examples`, shuffling included, evaluation not; the first one warms up, then training goes on. The
//! slow nets take a part of MNIST, so that a pass stays near a second. The loss is the mean cross-entropy of the pass.

use crate::numbers::fill;
use crate::pace::{Metric, Pace};
use crate::row::{Row, Run, named};
use crate::setting::Outcome;
use sparring_activations::{AnyActivation, Prelu};
use sparring_models::{ClassifierNet, FgsmRs, Madry, Mlp, Normalization, ResnetSmall};
use sparring_nn::{AnyLayer, Graph, layers};
use sparring_optim::ClipNorm;
use sparring_seed::Key;
use sparring_tensor::Precision;
use sparring_train::{AnyDefense, Epoch, Flow, Observed, Observer, Recipe, TrainError, defenses, fit_with};

/// Stream of the first parameter's numbers.
pub const WEIGHTS: u32 = 100;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let plain = Recipe::default();
    // PGD-7, eps 0.3, step eps/4, random start, the whole budget from the first step on.
    let pgd7 = AnyDefense::from(defenses::PgdTraining {
        eps: 0.3,
        steps: 7,
        step_size: 0.075,
        warm_up: 0.0,
        ..Default::default()
    });
    let hardened = Recipe { defense: pgd7, ..plain.clone() };
    let clipped = Recipe { transforms: vec![ClipNorm { max: 1.0 }.into()], ..plain.clone() };
    let split6 = Recipe { precision: Precision::Split6, ..plain.clone() };
    let row = |id, spec: fn() -> Graph, batch, examples, recipe: &Recipe| {
        let precision = recipe.precision;
        let run = train(spec, examples, Recipe { batch, ..recipe.clone() });
        Row { precision, ..Row::new(named(id, precision), Metric::Rate("examples/s"), run) }
    };
    vec![
        row("mlp_train_b128", mlp, 128, 60_000, &plain),
        row("mlp_train_b32", mlp, 32, 60_000, &plain),
        row("mlp_dropout_b128", mlp_dropout, 128, 60_000, &plain),
        row("mlp_prelu_b128", mlp_prelu, 128, 60_000, &plain),
        row("mlp_clip_b128", mlp, 128, 60_000, &clipped),
        row("mlp_bn_b128", mlp_bn, 128, 60_000, &plain),
        row("cnn_train_b128", cnn, 128, 16 * 128, &plain),
        row("cnn_train_b50", cnn, 50, 40 * 50, &plain),
        row("cnn_prelu_b128", cnn_prelu, 128, 16 * 128, &plain),
        row("cnn_bn_b128", cnn_bn, 128, 16 * 128, &plain),
        row("resnet_train_b128", resnet, 128, 16 * 128, &plain),
        row("smallcnn_train_b128", small_cnn, 128, 100 * 128, &plain),
        row("smallcnn_advtrain_b128", small_cnn, 128, 20 * 128, &hardened),
        row("cnn_train_b128", cnn, 128, 16 * 128, &split6),
    ]
}

/// 784-128-64-10.
pub fn mlp() -> Graph {
    Mlp::default().spec()
}
/// A chain with another layer behind some of its layers.
fn with_behind(graph: Graph, behind: impl Fn(&AnyLayer) -> Option<AnyLayer>) -> Graph {
    let layers: Vec<_> = graph.layers().flat_map(|l| std::iter::once(l.clone()).chain(behind(l))).collect();
    Graph::chain(graph.input, layers)
}
/// The same with dropout 0.2 after each hidden activation.
fn mlp_dropout() -> Graph {
    with_behind(mlp(), |layer| layer.as_activation().map(|_| layers::dropout(0.2)))
}
/// The same with batch normalisation after each hidden linear layer.
fn mlp_bn() -> Graph {
    with_behind(mlp(), |layer| {
        let linear = layer.as_layer::<layers::Linear>().filter(|l| l.outputs > 10);
        linear.map(|l| layers::batch_norm(l.outputs))
    })
}
/// The same with a learnt slope in place of each ReLU.
fn mlp_prelu() -> Graph {
    Mlp::with(prelu()).spec()
}
/// Two convolutions 5x5 with pooling, fc 1024, fc 10.
pub fn cnn() -> Graph {
    Madry::default().spec()
}
/// The same with a learnt slope in its three hidden places.
fn cnn_prelu() -> Graph {
    Madry::with(prelu()).spec()
}
fn prelu() -> AnyActivation {
    AnyActivation::Prelu(Prelu::default())
}
/// The same with batch normalisation after each convolution.
fn cnn_bn() -> Graph {
    Madry { norm: Normalization::Batch, ..Madry::default() }.spec()
}
/// A small residual net.
fn resnet() -> Graph {
    ResnetSmall::default().spec()
}
/// Two convolutions 4x4 of stride 2, fc 100, fc 10.
pub fn small_cnn() -> Graph {
    FgsmRs::default().spec()
}

/// The network with the weights that all programs of the comparison begin with.
///
/// # Errors
/// If the specification is none of a classifier.
pub fn build(spec: Graph) -> Result<ClassifierNet, String> {
    let mut model = ClassifierNet::new(spec, Key::new(1)).map_err(|e| e.to_string())?;
    fill(&mut model.net, WEIGHTS);
    Ok(model)
}

/// Trains by the recipe, but for its epochs, on the first `examples` digits.
fn train(spec: fn() -> Graph, examples: usize, recipe: Recipe) -> Run {
    Box::new(move |setting, pace| {
        if let Some(reason) = setting.too_slow(recipe.precision) {
            return Ok(Outcome::Skipped(reason));
        }
        let batch = setting.size(recipe.batch, 8);
        let data = setting.digits(setting.size(examples, 2 * batch))?;
        let mut model = build(spec())?;
        let recipe = Recipe { epochs: setting.samples + 1, batch, ..recipe.clone() };
        let mut watch = Watch { pace, examples: data.len() };
        fit_with(&mut model, &data, &recipe, &mut watch).map_err(|e| e.to_string())?;
        Ok(Outcome::Done)
    })
}

/// Ends a pass with each epoch, of whatever model.
pub struct Watch<'a> {
    /// The clock.
    pub pace: &'a mut Pace,
    /// Examples of an epoch.
    pub examples: usize,
}

impl<M: Observed<Epoch = Epoch>> Observer<M> for Watch<'_> {
    fn epoch(&mut self, epoch: &Epoch, _: &M) -> Result<Flow, TrainError> {
        let more = self.pace.lap(self.examples as f64, || epoch.train_loss);
        Ok(if more { Flow::Continue } else { Flow::Stop })
    }
}
