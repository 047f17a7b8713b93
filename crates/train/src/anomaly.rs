//! Anomaly mode: every operation of a pass, forwards and backwards, looked at on a tape.

use crate::trouble::{called, first_weights};
use sparring_autograd::{Tape, Var};
use sparring_nn::{Cx, Network};
use sparring_seed::Key;
use sparring_tensor::{Array, reduce};

/// From the outputs of the network and its input: where the pass begins on its way back, and with which cotangent.
pub(crate) type End<'a> = &'a mut dyn for<'t> FnMut(&[Var<'t>], Var<'t>) -> (Var<'t>, Array<f32>);

/// The first weight, output of an operation, or gradient that is infinite or NaN in a pass over `x`, with its operation, layer and shape; `None` if all is finite.
///
/// # Shapes
/// `x` [n, c, h, w], `ids` [n]
pub(crate) fn examine(
    net: &Network<f32>,
    (key, ids): (Key, &[u64]),
    x: Array<f32>,
    end: End<'_>,
) -> Option<String> {
    if let Some(said) = first_weights(net) {
        return Some(said);
    }
    let tape = Tape::new();
    let x = tape.constant(x);
    let nodes = net.forward_nodes(&Cx::train(&tape, key, ids), x);
    // Operations are recorded layer by layer.
    let layer = |place: usize| match nodes.iter().position(|y| y.id() as usize >= place) {
        Some(i) => called(net, i),
        None => "the loss".into(),
    };
    if let Some(said) = first_output(&tape, layer) {
        return Some(said);
    }
    let ends = &net.graph().outputs;
    let ends: Vec<_> = if ends.is_empty() {
        vec![nodes.last().copied().unwrap_or(x)]
    } else {
        ends.iter().map(|&i| nodes[i]).collect()
    };
    let (root, seed) = end(&ends, x);
    if !reduce::all_finite(&root.value()) || !reduce::all_finite(&seed) {
        let shape = ends[0].shape();
        return Some(format!(
            "all layers are finite, but not the loss of their output, {shape}, or its gradient there"
        ));
    }
    on_tape(&tape, (root, seed), layer)
}

/// The first output of an operation on a tape that is infinite or NaN.
fn first_output(tape: &Tape, layer: impl Fn(usize) -> String) -> Option<String> {
    let (place, op) = tape.first_non_finite()?;
    let (shape, layer) = (tape.var(place as u32).shape(), layer(place));
    Some(format!("the output of {op} in {layer}, {shape}, is the first that is not finite"))
}

/// The first output of an operation on a tape, or else the first gradient on the way back from `root`, that is infinite or NaN; `layer` names the layer of an operation.
pub(crate) fn on_tape<'t>(
    tape: &'t Tape,
    (root, seed): (Var<'t>, Array<f32>),
    layer: impl Fn(usize) -> String,
) -> Option<String> {
    first_output(tape, &layer).or_else(|| {
        let found = tape.first_non_finite_gradient(root, seed)?;
        let (op, layer, shape) = (found.op, layer(found.place), found.shape);
        Some(format!(
            "the gradient of {op} in {layer}, {shape} at its input, is the first that is not finite on the way back"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_nn::{Graph, layers};

    fn net(change: impl Fn(&str, &mut [f32])) -> Network<f32> {
        let relu = layers::activation(&"relu".parse().unwrap());
        let layers = vec![layers::flatten(), layers::linear(2, 3), relu, layers::linear(3, 2)];
        let mut net: Network<f32> = Graph::chain([1, 1, 2], layers).build(Key::new(1)).unwrap();
        for p in net.params.iter_mut() {
            let name = p.name().to_string();
            p.value.as_mut_slice().fill(1.0);
            change(&name, p.value.as_mut_slice());
        }
        net
    }

    fn found(net: &Network<f32>, factor: f32) -> Option<String> {
        examine(net, (Key::new(1), &[0]), Array::full([1, 1, 1, 2], 1.0), &mut |ends, _| {
            (ends[0], Array::full(ends[0].shape(), factor))
        })
    }

    #[test]
    fn operation_layer_and_shape_are_named_on_both_ways() {
        assert_eq!(found(&net(|_, _| ()), 1.0), None);
        let said = found(
            &net(|name, v| {
                if name == "3.weight" {
                    v[0] = f32::NAN
                }
            }),
            1.0,
        )
        .unwrap();
        assert_eq!(said, "weights of layer 3 (linear) are not finite");
        // A relu hides the -inf of the second product: the loss is finite all the same.
        let hidden = net(|name, v| {
            if name == "1.weight" {
                v.fill(-3e38)
            }
        });
        let said = found(&hidden, 1.0).unwrap();
        assert!(said.contains(" in layer 1 (linear), [1, 3], is the first that is not finite"), "{said}");
        // Forwards 3e8 · 3e8 is finite; backwards 1e38 · 3e8 is not.
        let steep = net(|name, v| {
            if name.ends_with("weight") {
                v.fill(3e8)
            }
        });
        assert_eq!(found(&steep, 1.0), None);
        let said = found(&steep, 1e38).unwrap();
        assert!(said.starts_with("the gradient of ") && said.contains(" in layer 3 (linear), "), "{said}");
        assert!(found(&net(|_, _| ()), f32::NAN).unwrap().contains("not the loss of their output, [1, 2]"));
    }
}
