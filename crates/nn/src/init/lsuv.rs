//! Layer-sequential unit variance: a start that is measured on examples.

use super::scheme::{InitScheme, WeightPlace};
use crate::{Bind, Cx, Init, Mode, Network, NnError, ParamKind, ShapeError, Source};
use sparring_autograd::Tape;
use sparring_math::named::Range;
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

/// Orthogonal weights, then layer by layer from the input on: the output of the layer for a batch of examples is looked at, and its weights are divided by the standard deviation until the
/// variance is 1. The variance is that over all examples and units together.
///
/// Source: Mishkin and Matas 2015, arXiv:1511.06422, algorithm 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lsuv {
    /// Examples of the batch.
    pub batch: usize,
    /// How far from 1 the variance may be.
    pub tolerance: f64,
    /// Most divisions of a layer; one is enough where the output is linear in the weights.
    pub rounds: usize,
}

impl Default for Lsuv {
    fn default() -> Self {
        Self { batch: 256, tolerance: 0.01, rounds: 10 }
    }
}

sparring_math::named! {
    Lsuv: "lsuv", [], "Mishkin and Matas 2015, arXiv:1511.06422";
    batch: Range::COUNT, "training examples that are looked at";
    tolerance: Range::above(0.0), "how far from 1 the variance of a layer's output may be";
    rounds: Range::COUNT, "most divisions of a layer's weights";
}

impl InitScheme for Lsuv {
    fn init(&self, _: &WeightPlace) -> Result<Init, String> {
        Ok(Init::Orthogonal { gain: 1.0 })
    }
}

/// What was done to a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LsuvLayer {
    /// The node's name.
    pub name: String,
    /// Variance of its output as it was.
    pub before: f64,
    /// Variance of its output as it is.
    pub after: f64,
    /// Divisions.
    pub rounds: usize,
}

impl Lsuv {
    /// Scales the weights of each layer, in the order of the graph, on the examples `x` `[n, channels, height, width]`. Layers run as in training, with the randomness of `key`; running
    /// statistics are left alone. Where the variance does not come near enough (weights whose size does not matter, say) the last one is reported.
    ///
    /// # Errors
    /// [`NnError::Shape`] if `x` holds no example, or examples of another shape than the network's. [`NnError::Spec`] naming a layer whose output is the same for all examples and units,
    /// or not finite: nothing can be scaled to a variance of 1.
    pub fn fit<E: Elem>(
        &self,
        net: &mut Network<E>,
        x: &Array<E>,
        key: Key,
    ) -> Result<Vec<LsuvLayer>, NnError> {
        let [c, h, w] = net.graph().input;
        if !matches!(*x.shape().dims(), [n, a, b, d] if n > 0 && [a, b, d] == [c, h, w]) {
            let what =
                format!("examples are {}, the network takes [n, {c}, {h}, {w}], n at least 1", x.shape());
            return Err(ShapeError::new("lsuv", what).into());
        }
        let mut done = Vec::new();
        let mut outputs: Vec<Array<E>> = Vec::new();
        for i in 0..net.graph().nodes.len() {
            let node = &net.graph().nodes[i];
            let inputs: Vec<Array<E>> = node.inputs.iter().map(|&s| value(s, x, &outputs)).collect();
            let mut output = node_output(net, i, &inputs, key);
            let weights = net.params_of(i).iter().any(|p| p.kind() == ParamKind::Weight);
            if weights {
                let name = node.name.clone();
                let first = variance(&output);
                let mut row = LsuvLayer { name, before: first, after: first, rounds: 0 };
                // A variance that is NaN is near nothing, so it enters the loop and is refused there.
                let near = |variance: f64| (variance - 1.0).abs() <= self.tolerance;
                while !near(row.after) && row.rounds < self.rounds {
                    if !(row.after.is_finite() && row.after > 0.0) {
                        let what = format!(
                            "lsuv: its output has a variance of {} over the examples; choose another initialisation",
                            row.after
                        );
                        return Err(NnError::Spec { layer: row.name, what });
                    }
                    scale(net, i, 1.0 / row.after.sqrt());
                    output = node_output(net, i, &inputs, key);
                    row.after = variance(&output);
                    row.rounds += 1;
                }
                done.push(row);
            }
            outputs.push(output);
        }
        Ok(done)
    }
}

fn value<E: Elem>(source: Source, x: &Array<E>, outputs: &[Array<E>]) -> Array<E> {
    match source {
        Source::Input => x.clone(),
        Source::Node(j) => outputs[j].clone(),
    }
}

/// The output of node `i` as in training.
fn node_output<E: Elem>(net: &Network<E>, i: usize, inputs: &[Array<E>], key: Key) -> Array<E> {
    let tape = Tape::new();
    let cx = Cx::with(&tape, Bind::Frozen, Mode::Train, key, &[]);
    let inputs: Vec<_> = inputs.iter().map(|x| tape.constant(x.clone())).collect();
    net.node(&cx, i, &inputs).value()
}

/// Multiplies the weights of node `i`; those of a weight norm by its lengths.
fn scale<E: Elem>(net: &mut Network<E>, i: usize, factor: f64) {
    let own = net.of_node(i);
    let kind = |p: &crate::Param<E>| p.kind() == ParamKind::Norm;
    let lengths = net.params_of(i).iter().any(kind);
    for p in net.params.iter_mut().skip(own.start).take(own.len()) {
        if p.kind() == if lengths { ParamKind::Norm } else { ParamKind::Weight } {
            p.value.as_mut_slice().iter_mut().for_each(|w| *w = E::of(factor * w.to_f64()));
        }
    }
}

/// Of all numbers, in `f64`, in order.
fn variance<E: Elem>(a: &Array<E>) -> f64 {
    let n = a.len().max(1) as f64;
    let mean = a.as_slice().iter().map(|v| v.to_f64()).sum::<f64>() / n;
    a.as_slice().iter().map(|v| (v.to_f64() - mean).powi(2)).sum::<f64>() / n
}
