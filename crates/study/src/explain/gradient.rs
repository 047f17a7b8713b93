//! Gradients of single numbers of a network with respect to its input.

use sparring_autograd::Tape;
use sparring_models::ClassifierNet;
use sparring_nn::{Cx, Graph};
use sparring_tensor::Array;

/// For each example of x `[n, c, h, w]`: the sum of `weights` (one for each number of an example's output at `node`) times that output, and its gradient at the example.
///
/// The backward pass begins at `node`; the layers behind it run forward, and are not differentiated.
pub(super) fn weighted_output(
    model: &ClassifierNet,
    node: usize,
    x: Array<f32>,
    weights: &[f32],
) -> (Vec<f64>, Array<f32>) {
    let tape = Tape::new();
    let n = x.shape().dims()[0];
    let leaf = tape.leaf(x.clone());
    let output = model.net.forward_nodes(&Cx::eval(&tape), leaf)[node];
    let value = output.value();
    let dot = |row: &[f32]| row.iter().zip(weights).map(|(v, w)| f64::from(*v) * f64::from(*w)).sum::<f64>();
    let values = value.as_slice().chunks_exact(value.len() / n).map(dot).collect();
    let seed = Array::from_fn(value.shape(), |i| weights[i % weights.len()]);
    let gradient = tape.backward(output, seed).take(leaf).unwrap_or_else(|| Array::zeros(x.shape()));
    (values, gradient)
}

/// Position of the network's output.
pub(super) fn last(graph: &Graph) -> usize {
    graph.outputs.first().copied().unwrap_or(graph.nodes.len() - 1)
}
