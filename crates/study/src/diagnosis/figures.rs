//! The figures of all layers of a network on examples.

use super::gathered::{Gathered, activation_before};
use super::layer::{LayerDiagnosis, TheoryFigures};
use super::settings::DiagnosisSettings;
use super::walk::Tapes;
use super::weights::weight_of;
use crate::StudyError;
use sparring_activations::{gradient_factor, length_after};
use sparring_datasets::Split;
use sparring_nn::{Network, Objective, OutputRows};
use sparring_tensor::Array;
use sparring_train::{Classification, Reconstruction, pixels};

/// What the gradients are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosisLoss {
    /// Cross-entropy of a classifier's logits.
    CrossEntropy,
    /// Squared error of an autoencoder's output against its input, averaged over the numbers.
    Reconstruction,
}

/// The figures of every activation and every layer with weights, in the order of the nodes, on all examples `[c, h, w]` of `split`; in evaluation: dropout drops nothing, batch normalisation
/// uses the running statistics. Equal for any number of threads.
///
/// # Errors
/// [`StudyError::Diagnosis`] if there is no example, its shape is not the network's, or a label is no class of it.
pub fn layer_figures(
    net: &Network<f32>,
    split: &Split,
    loss: DiagnosisLoss,
    settings: &DiagnosisSettings,
) -> Result<Vec<LayerDiagnosis>, StudyError> {
    settings.validate()?;
    let wrong = |what: String| StudyError::Diagnosis(what);
    let graph = net.graph();
    if split.is_empty() {
        return Err(wrong("there are no examples to look at".into()));
    }
    if split.shape() != graph.input {
        let (has, takes) = (split.shape(), graph.input);
        return Err(wrong(format!(
            "examples are {has:?} (channels, height, width), the network takes {takes:?}"
        )));
    }
    net.params.check().map_err(|e| wrong(e.to_string()))?;
    let shapes = graph.shapes(1).map_err(|e| wrong(e.to_string()))?;
    let Some(end) = last(net) else { return Ok(Vec::new()) };
    if loss == DiagnosisLoss::CrossEntropy {
        let checked = sparring_losses::check_targets(&split.labels(), shapes[end].numel());
        checked.map_err(|e| wrong(e.to_string()))?;
    }
    let shape = |i: usize| &shapes[i].dims()[1..];
    let mut all: Vec<Option<Gathered>> =
        (0..graph.nodes.len()).map(|i| Gathered::begin(net, i, shape(i))).collect();
    // The values of all nodes are kept, and their gradients and derivatives: about as much again as a training step.
    let most = graph.cost().map_err(|e| wrong(e.to_string()))?.most_examples() / 2;
    let batch = settings.batch.min(most.max(1));
    for first in (0..split.len()).step_by(batch) {
        let indices: Vec<usize> = (first..split.len().min(first + batch)).collect();
        let x = pixels(split, &indices);
        let labels: Vec<usize> = indices.iter().map(|&i| split.label(i)).collect();
        let tapes = Tapes::new(net);
        let walk = tapes.walk(net, &x);
        let pulled = walk.pull(end, gradient(walk.output(end), &x, &labels, loss));
        for of in all.iter_mut().flatten() {
            of.take(&walk, &pulled, [indices.len(), split.len()], settings.rank_rows);
        }
    }
    let found = |(i, of): (usize, &Option<Gathered>)| {
        let mut figures = of.as_ref()?.figures(net, shape(i));
        figures.theory = activation_before(graph, i)
            .and_then(|before| theory(net, &all, [i, before], [i, before].map(|j| shapes[j].numel())));
        Some(figures)
    };
    Ok(all.iter().enumerate().filter_map(found).collect())
}

/// The node whose output is the network's, the first of several.
pub(super) fn last(net: &Network<f32>) -> Option<usize> {
    let graph = net.graph();
    graph.outputs.first().copied().or_else(|| graph.nodes.len().checked_sub(1))
}

/// The gradient of the mean loss of a batch at its outputs.
fn gradient(y: &Array<f32>, x: &Array<f32>, labels: &[usize], loss: DiagnosisLoss) -> Array<f32> {
    let n = labels.len();
    let (mut dy, mut metrics) = (Array::zeros(y.shape()), vec![[0.0; 3]; n]);
    let smoothing = Default::default();
    let classes = Classification { labels, smoothing, mixed: None };
    let objective: &dyn Objective = match loss {
        DiagnosisLoss::CrossEntropy => &classes,
        DiagnosisLoss::Reconstruction => &Reconstruction { examples: n },
    };
    objective.rows(&mut OutputRows::new(y.as_slice(), dy.as_mut_slice(), &mut metrics, x.as_slice()));
    dy
}

/// The theory of node `i` behind the activation `j`; their outputs have so many numbers.
fn theory(
    net: &Network<f32>,
    all: &[Option<Gathered>],
    [i, j]: [usize; 2],
    [outputs, inputs]: [usize; 2],
) -> Option<TheoryFigures> {
    let params = net.params_of(i);
    let weight = &params[weight_of(params)?];
    // A function whose parameters were learnt is another one; of a weight with another order the fan is not the first axis.
    let (f, q, before) = all[j].as_ref()?.before()?;
    if f.is_trainable() || weight.output_axis() != 0 || !matches!(weight.shape().rank(), 2 | 4) {
        return None;
    }
    let mean_square = |p: &sparring_nn::Param<f32>| {
        let sum: f64 = p.value.as_slice().iter().map(|&w| f64::from(w) * f64::from(w)).sum();
        sum / p.value.len() as f64
    };
    let fan_in = weight.value.len() as f64 / weight.shape()[0] as f64;
    let bias = params.iter().find(|p| p.kind() == sparring_nn::ParamKind::Bias).map_or(0.0, mean_square);
    let (sigma_w, sigma_b) = ((fan_in * mean_square(weight)).sqrt(), bias.sqrt());
    let (predicted, chi) = (length_after(&f, sigma_w, sigma_b, q), gradient_factor(&f, sigma_w, q));
    let behind = all[i].as_ref()?;
    let back = behind.gradient.rms();
    Some(TheoryFigures {
        q: predicted,
        q_measured: behind.q(),
        chi,
        // Each number before the layer reaches fan_in · outputs / inputs numbers behind it.
        gradient_ratio: (chi * outputs as f64 / inputs as f64).sqrt(),
        gradient_ratio_measured: (back > 0.0).then(|| before / back),
    })
}
