//! Signal and gradient by depth, by mean-field theory.

use super::network::pre_activations;
use sparring_activations::{AnyActivation, gradient_factor, length_after};
use sparring_models::ClassifierNet;
use sparring_nn::ParamKind;

/// σ_w = √fan-in · RMS of the weights and σ_b = RMS of the biases of a linear node, as they are.
fn spreads(model: &ClassifierNet, node: usize) -> (f64, f64) {
    let (mut sigma_w, mut sigma_b) = (0.0, 0.0);
    for p in model.net.params_of(node) {
        let sum: f64 = p.value.as_slice().iter().map(|v| f64::from(*v).powi(2)).sum();
        let outputs = p.shape().dims()[0] as f64;
        // The sum over fan-in · outputs weights, over outputs, is fan-in times their mean square.
        match p.kind() {
            ParamKind::Weight => sigma_w = (sum / outputs).sqrt(),
            ParamKind::Bias => sigma_b = (sum / outputs).sqrt(),
            _ => {}
        }
    }
    (sigma_w, sigma_b)
}

/// Root mean squares by layer of the pre-activations, from the measured first one, and of the gradient, from the measured last one: q' = σ_w² E f(√q z)² + σ_b², and gradients by √χ a layer.
/// For networks without normalisation.
pub(super) fn predicted(
    model: &ClassifierNet,
    a: &AnyActivation,
    signal: &[f64],
    gradient: &[f64],
) -> Option<(Vec<f64>, Vec<f64>)> {
    let (first, last) = (*signal.first()?, *gradient.last()?);
    let layers = pre_activations(model);
    let mut lengths = vec![first * first];
    let mut factors = Vec::new();
    for &node in &layers[1..] {
        let (sigma_w, sigma_b) = spreads(model, node);
        let q = lengths[lengths.len() - 1];
        factors.push(gradient_factor(a, sigma_w, q).sqrt());
        lengths.push(length_after(a, sigma_w, sigma_b, q));
    }
    let mut back = vec![last];
    for factor in factors.iter().rev() {
        back.push(back[back.len() - 1] * factor);
    }
    back.reverse();
    let known = lengths.iter().chain(&back).all(|v| v.is_finite());
    known.then(|| (lengths.into_iter().map(f64::sqrt).collect(), back))
}
