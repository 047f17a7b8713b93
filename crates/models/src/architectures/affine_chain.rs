//! Affine maps and activations in turn.

use crate::HiddenActivation;
use sparring_activations::AnyActivation;
use sparring_nn::{AnyLayer, layers};

/// The layer of an activation; of the identity none, so that names stay those of the equal `nn.Sequential`.
pub(crate) fn activated(by: HiddenActivation) -> Option<AnyLayer> {
    let identity = matches!(by, HiddenActivation::Elementwise(AnyActivation::Identity(_)));
    (!identity).then(|| by.layer())
}

/// Affine maps through these widths, each but the last followed by its activation.
pub(crate) fn affine_chain(widths: &[usize], between: &[HiddenActivation]) -> Vec<AnyLayer> {
    let mut layers = Vec::new();
    for (i, pair) in widths.windows(2).enumerate() {
        layers.push(layers::linear(pair[0], pair[1]));
        layers.extend(between.get(i).copied().and_then(activated));
    }
    layers
}
