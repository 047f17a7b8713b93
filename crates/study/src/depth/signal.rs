//! Signal and gradient by depth, measured.

use super::network::pre_activations;
use sparring_autograd::{Tape, ops};
use sparring_datasets::Split;
use sparring_losses::CrossEntropy;
use sparring_models::ClassifierNet;
use sparring_nn::{Bind, Cx};
use sparring_seed::Key;
use sparring_tensor::Array;
use sparring_train::pixels;
use std::sync::Arc;

fn root_mean_square(a: &Array<f32>) -> f64 {
    let sum: f64 = a.as_slice().iter().map(|v| f64::from(*v).powi(2)).sum();
    (sum / a.len().max(1) as f64).sqrt()
}

/// Root mean squares of the pre-activations and of the gradient of the mean cross-entropy at them, on these examples, as in training.
pub(super) fn signal(model: &ClassifierNet, on: &Split, key: Key) -> (Vec<f64>, Vec<f64>) {
    let tape = Tape::new();
    let cx = Cx::train(&tape, key, &[]).bound(Bind::Frozen);
    // A leaf, so that there is something to differentiate by.
    let x = tape.leaf(pixels(on, &(0..on.len()).collect::<Vec<_>>()));
    let nodes = model.net.forward_nodes(&cx, x);
    let logits = *nodes.last().expect("a network has layers");
    let labels: Arc<[usize]> = on.labels().into();
    let loss = ops::mean(ops::row_loss(logits, CrossEntropy, labels));
    let wanted: Vec<_> = pre_activations(model).into_iter().map(|i| nodes[i]).collect();
    let gradients = tape.grad(loss, &wanted);
    let sizes = |vars: &[sparring_autograd::Var<'_, f32>]| {
        vars.iter().map(|v| root_mean_square(&v.value())).collect::<Vec<_>>()
    };
    (sizes(&wanted), sizes(&gradients))
}
