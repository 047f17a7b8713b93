//! Where the numbers of a network stop being finite, for the error that ends a training.

use crate::parallel::ranges;
use sparring_autograd::Tape;
use sparring_datasets::MiniBatch;
use sparring_nn::{Cx, Network};
use sparring_tensor::{Array, reduce};

/// The first layer with a weight, or else with an output on `x`, that is infinite or NaN, in words; `None` if all is finite.
///
/// # Shapes
/// `x` [n, c, h, w]
pub(crate) fn first_non_finite(net: &Network<f32>, x: Array<f32>) -> Option<String> {
    if let Some(said) = first_weights(net) {
        return Some(said);
    }
    let tape = Tape::new();
    let outputs = net.forward_nodes(&Cx::eval(&tape), tape.constant(x));
    let first = outputs.iter().position(|y| !reduce::all_finite(&y.value()))?;
    Some(format!("the output of {} is the first that is not finite", called(net, first)))
}

/// A layer by its name and kind.
pub(crate) fn called(net: &Network<f32>, i: usize) -> String {
    let node = &net.graph().nodes[i];
    format!("layer {} ({})", node.name, node.layer.kind())
}

/// The first layer with a weight that is infinite or NaN, in words.
pub(crate) fn first_weights(net: &Network<f32>) -> Option<String> {
    let broken = |i: &usize| net.params_of(*i).iter().any(|p| !reduce::all_finite(&p.value));
    let i = (0..net.graph().nodes.len()).find(broken)?;
    Some(format!("weights of {} are not finite", called(net, i)))
}

/// The layer where a network stops being finite on this batch, pixels included; `None` if it does not.
pub(crate) fn broken_layer(net: &Network<f32>, batch: &MiniBatch) -> Option<String> {
    let ([c, h, w], dim) = (batch.shape, batch.x.len() / batch.len().max(1));
    ranges(batch.len()).find_map(|part| {
        let x = Array::from_slice([part.len(), c, h, w], &batch.x[part.start * dim..part.end * dim]);
        first_non_finite(net, x)
    })
}

/// What is said of the layer found; where every layer is finite it is the loss.
pub(crate) fn told(at: Option<String>) -> String {
    at.unwrap_or_else(|| "all layers are finite, but not the loss of their output".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_nn::{Graph, layers};
    use sparring_seed::Key;

    fn net(weight: f32) -> Network<f32> {
        let relu = layers::activation(&"relu".parse().unwrap());
        let layers = vec![layers::flatten(), layers::linear(2, 2), relu, layers::linear(2, 2)];
        let mut net: Network<f32> = Graph::chain([1, 1, 2], layers).build(Key::new(1)).unwrap();
        net.params.iter_mut().for_each(|p| p.value.as_mut_slice().fill(weight));
        net
    }

    #[test]
    fn the_layer_is_named() {
        let x = |v: f32| Array::full([1, 1, 1, 2], v);
        assert_eq!(first_non_finite(&net(1.0), x(1.0)), None);
        let said = first_non_finite(&net(f32::NAN), x(1.0)).unwrap();
        assert_eq!(said, "weights of layer 1 (linear) are not finite");
        // 2e30 · 1 + 1e30 is finite, its product with 1e30 is not.
        let said = first_non_finite(&net(1e30), x(1.0)).unwrap();
        assert_eq!(said, "the output of layer 3 (linear) is the first that is not finite");
    }
}
