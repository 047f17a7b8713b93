//! What the numbers that leave a network have passed last.

use sparring_activations::AnyActivation;
use sparring_nn::{AnyLayer, Graph, layers};

/// The activation whose values leave the network: shape changes do not count.
pub(crate) fn final_activation(spec: &Graph) -> Option<&AnyActivation> {
    let is_shape = |l: &&AnyLayer| {
        l.as_layer::<layers::Reshape>().is_some() || l.as_layer::<layers::Flatten>().is_some()
    };
    spec.layers().rev().find(|l| !is_shape(l))?.as_activation()
}
