//! The networks of the study.

use super::cell::DepthCell;
use super::settings::{DepthStudy, NormalizedBy};
use sparring_models::ClassifierNet;
use sparring_nn::layers::{BatchNorm, LayerNorm, activation, flatten, linear};
use sparring_nn::{AnyLayer, Graph, NnError, Source};

/// Linear, normalisation if there is one, activation, `depth` times; then logits.
pub(super) fn graph(
    study: &DepthStudy,
    cell: &DepthCell,
    input: [usize; 3],
    classes: usize,
) -> Result<Graph, NnError> {
    let norm: Option<AnyLayer> = match cell.normalization {
        NormalizedBy::None => None,
        NormalizedBy::BatchNorm => Some(BatchNorm { channels: study.width, ..BatchNorm::default() }.into()),
        NormalizedBy::LayerNorm => {
            Some(LayerNorm { shape: vec![study.width], ..LayerNorm::default() }.into())
        }
    };
    let mut layers = vec![flatten()];
    let mut inputs = input.iter().product();
    for _ in 0..study.depth {
        layers.push(linear(inputs, study.width));
        layers.extend(norm.clone());
        layers.push(activation(&cell.activation));
        inputs = study.width;
    }
    layers.push(linear(inputs, classes));
    cell.init.applied(&Graph::chain(input, layers))
}

/// Positions of the nodes whose values are the pre-activations: what the activations read.
pub(super) fn pre_activations(model: &ClassifierNet) -> Vec<usize> {
    let nodes = model.spec().nodes.iter().filter(|node| node.layer.as_activation().is_some());
    nodes.filter_map(|node| if let [Source::Node(i)] = node.inputs[..] { Some(i) } else { None }).collect()
}
