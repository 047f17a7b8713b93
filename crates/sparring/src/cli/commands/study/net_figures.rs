//! What is measured of a finished net beside attacks.

use crate::cli::Outcome;
use sparring::activations::Smoothness;
use sparring::autograd::Tape;
use sparring::datasets::Split;
use sparring::datasets::corruptions::{AnyCorruption, GaussianNoise};
use sparring::datasets::raster::SMALLEST_SIDE;
use sparring::losses::LabelSmoothing;
use sparring::models::ClassifierNet;
use sparring::nn::{AnyLayer, Bind, Cx, Network, ParamKind};
use sparring::seed::Key;
use sparring::tensor::Array;
use sparring::train::{Classification, accuracy, pixels};

/// Images of a pass over the nodes.
const CHUNK: usize = 250;
/// Images whose mean loss gradients are taken of.
const LOSS_IMAGES: usize = 256;

/// Figures of a net.
#[derive(Debug, PartialEq)]
pub(super) struct Figures {
    /// Fraction right under the strongest Gaussian noise; `None` where examples are too small to be images.
    pub(super) noise: Option<f64>,
    /// Fraction of the hidden units whose output is the same number for every image.
    pub(super) dead: f64,
    /// Hidden units: the channels of a convolution, the neurons of a dense layer.
    pub(super) units: usize,
    /// The largest |f''| of the hidden activations; `None` where one is unbounded.
    pub(super) curvature: Option<f64>,
    /// f' is continuous in all of them.
    pub(super) smooth: bool,
    /// All of them are bounded on both sides.
    pub(super) bounded: bool,
    /// Of each layer with weights its name and the norm of the gradient there, before and after the training.
    pub(super) gradients: Vec<(String, f64, f64)>,
}

/// Measures a net on these images; `key` is that of its training, whose first weights are drawn again.
pub(super) fn figures(model: &ClassifierNet, test: &Split, key: Key) -> Outcome<Figures> {
    let [_, h, w] = test.shape();
    let noise = if h.min(w) < SMALLEST_SIDE {
        None
    } else {
        let noise = AnyCorruption::GaussianNoise(GaussianNoise { severity: 5 });
        Some(accuracy(model, &noise.corrupt(test, key.named("noise"))?)?)
    };
    let dead = dead_units(&model.net, test);
    let functions: Vec<_> = model.spec().layers().filter_map(AnyLayer::about).collect();
    let start = ClassifierNet::new(model.spec().clone(), key.named("init"))?;
    let before = weight_gradients(&start.net, test);
    let after = weight_gradients(&model.net, test);
    Ok(Figures {
        noise,
        dead: dead.iter().filter(|d| **d).count() as f64 / dead.len().max(1) as f64,
        units: dead.len(),
        curvature: functions.iter().try_fold(0.0_f64, |most, f| Some(most.max(f.curvature?))),
        smooth: !functions.is_empty() && functions.iter().all(|f| f.smoothness >= Smoothness::C1),
        bounded: !functions.is_empty()
            && functions.iter().all(|f| f.range.0.is_some() && f.range.1.is_some()),
        gradients: before.into_iter().zip(after).map(|((layer, a), (_, b))| (layer, a, b)).collect(),
    })
}

/// Of each hidden unit, in order, whether its output is the same number for every image (and, of a channel, at every place).
fn dead_units(net: &Network<f32>, test: &Split) -> Vec<bool> {
    let nodes: Vec<usize> =
        (0..net.graph().nodes.len()).filter(|&i| net.graph().nodes[i].layer.about().is_some()).collect();
    let mut seen: Vec<Vec<(f32, f32)>> = vec![Vec::new(); nodes.len()];
    for from in (0..test.len()).step_by(CHUNK) {
        let which: Vec<usize> = (from..test.len().min(from + CHUNK)).collect();
        let tape = Tape::new();
        let outputs = net.forward_nodes(&Cx::eval(&tape), tape.constant(pixels(test, &which)));
        for (node, ranges) in nodes.iter().zip(&mut seen) {
            let value = outputs[*node].value();
            let units = value.shape()[1];
            let places = value.len() / (which.len() * units).max(1);
            ranges.resize(units, (f32::INFINITY, f32::NEG_INFINITY));
            for (k, chunk) in value.as_slice().chunks(places.max(1)).enumerate() {
                let range = &mut ranges[k % units];
                *range = chunk.iter().fold(*range, |(low, high), &v| (low.min(v), high.max(v)));
            }
        }
    }
    seen.concat().iter().map(|(low, high)| low == high).collect()
}

/// The Euclidean norm of the gradient of the mean cross-entropy at the weights of each layer, from the input on.
fn weight_gradients(net: &Network<f32>, test: &Split) -> Vec<(String, f64)> {
    let which: Vec<usize> = (0..test.len().min(LOSS_IMAGES)).collect();
    let labels: Vec<usize> = which.iter().map(|&i| test.label(i)).collect();
    let tape = Tape::new();
    let cx = Cx::eval(&tape).bound(Bind::Free);
    let objective = Classification { labels: &labels, smoothing: LabelSmoothing::default(), mixed: None };
    let (loss, _) = net.loss(&cx, tape.constant(pixels(test, &which)), &objective);
    let gradients = tape.backward(loss, Array::full(loss.shape(), 1.0));
    let norm = |g: &Array<f32>| g.as_slice().iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
    let weights = net.params.iter().filter(|p| p.kind() == ParamKind::Weight);
    weights.map(|p| (p.name().to_string(), gradients.param(p.id()).map_or(0.0, norm))).collect()
}
