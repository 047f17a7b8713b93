//! Training of classifiers through `fit`: `mlp`, `cnn` (the Madry net), `smallcnn` (the FGSM-RS net).
//!
//! A pass is one epoch over `examples`, shuffling included, evaluation not; the first one warms up, then training goes on. The
//! slow nets take a part of MNIST, so that a pass stays near a second. The loss is the mean cross-entropy of the pass.

use crate::catalogue::{Row, Run, named};
use crate::numbers::fill;
use crate::pace::{Metric, Pace};
use crate::setting::Outcome;
use sparring_models::{Classifier, FgsmRs, Madry, Mlp};
use sparring_nn::Graph;
use sparring_seed::Key;
use sparring_tensor::Precision;
use sparring_train::{AnyDefense, Epoch, Flow, Observer, Recipe, defenses, fit_with};

/// Stream of the first parameter's numbers.
pub const WEIGHTS: u32 = 100;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let clean = AnyDefense::default();
    // PGD-7, eps 0.3, step eps/4, random start, the whole budget from the first step on.
    let pgd7 = AnyDefense::from(defenses::Pgd { eps: 0.3, steps: 7, step_size: 0.075, warm_up: 0.0 });
    let mut rows: Vec<Row> = [
        ("mlp_train_b128", train(mlp, 128, 60_000, clean)),
        ("mlp_train_b32", train(mlp, 32, 60_000, clean)),
        ("cnn_train_b128", train(cnn, 128, 16 * 128, clean)),
        ("cnn_train_b50", train(cnn, 50, 40 * 50, clean)),
        ("smallcnn_train_b128", train(small_cnn, 128, 100 * 128, clean)),
        ("smallcnn_advtrain_b128", train(small_cnn, 128, 20 * 128, pgd7)),
    ]
    .map(|(id, run)| Row::new(id, Metric::Rate("examples/s"), run))
    .into();
    let precision = Precision::Split6;
    let run = train_in(precision, cnn, 128, 16 * 128, clean);
    let id = named("cnn_train_b128", precision);
    rows.push(Row { precision, ..Row::new(id, Metric::Rate("examples/s"), run) });
    rows
}

/// 784-128-64-10.
pub fn mlp() -> Graph {
    Mlp::default().spec()
}
/// Two convolutions 5x5 with pooling, fc 1024, fc 10.
pub fn cnn() -> Graph {
    Madry::default().spec()
}
/// Two convolutions 4x4 of stride 2, fc 100, fc 10.
pub fn small_cnn() -> Graph {
    FgsmRs::default().spec()
}

/// The network with the weights that all programs of the comparison begin with.
///
/// # Errors
/// If the specification is none of a classifier.
pub fn build(spec: Graph) -> Result<Classifier, String> {
    let mut model = Classifier::new(spec, Key::new(1)).map_err(|e| e.to_string())?;
    fill(&mut model.net, WEIGHTS);
    Ok(model)
}

fn train(spec: fn() -> Graph, batch: usize, examples: usize, defense: AnyDefense) -> Run {
    train_in(Precision::F32, spec, batch, examples, defense)
}

fn train_in(
    precision: Precision,
    spec: fn() -> Graph,
    batch: usize,
    examples: usize,
    defense: AnyDefense,
) -> Run {
    Box::new(move |setting, pace| {
        if let Some(reason) = setting.too_slow(precision) {
            return Ok(Outcome::Skipped(reason));
        }
        let batch = setting.size(batch, 8);
        let data = setting.digits(setting.size(examples, 2 * batch))?;
        let mut model = build(spec())?;
        let recipe = Recipe { epochs: setting.samples + 1, batch, defense, precision, ..Recipe::default() };
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

impl<M> Observer<M> for Watch<'_> {
    fn epoch(&mut self, epoch: &Epoch, _: &M) -> Flow {
        let more = self.pace.lap(self.examples as f64, || epoch.train_loss);
        if more { Flow::Continue } else { Flow::Stop }
    }
}
