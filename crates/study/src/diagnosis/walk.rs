//! One pass through a network, node by node, with everything that flowed kept.

use super::weights::weight_of;
use sparring_autograd::{Tape, Var};
use sparring_nn::{Bind, Cx, Network, Source};
use sparring_tensor::{Array, elementwise};

/// A tape for each node: the gradient at every output is there to be read, which one tape over the whole network would drop.
pub(super) struct Tapes(Vec<Tape<f32>>);

/// The outputs of all nodes for a batch, in evaluation.
pub(super) struct Walk<'t> {
    net: &'t Network<f32>,
    tapes: &'t Tapes,
    x: Array<f32>,
    nodes: Vec<WalkedNode<'t>>,
}

struct WalkedNode<'t> {
    inputs: Vec<Var<'t>>,
    output: Var<'t>,
    value: Array<f32>,
}

/// What came back from the end.
pub(super) struct Pulled {
    /// The gradient at the output of each node; `None` where the loss does not depend on it.
    pub outputs: Vec<Option<Array<f32>>>,
    /// The gradient of each parameter of each node; `None` of a buffer.
    pub params: Vec<Vec<Option<Array<f32>>>>,
}

impl Tapes {
    pub(super) fn new(net: &Network<f32>) -> Self {
        Self(net.graph().nodes.iter().map(|_| Tape::new()).collect())
    }
    /// Runs the network on `x` `[n, channels, height, width]`.
    pub(super) fn walk<'t>(&'t self, net: &'t Network<f32>, x: &Array<f32>) -> Walk<'t> {
        let mut nodes: Vec<WalkedNode<'t>> = Vec::new();
        for (i, (node, tape)) in net.graph().nodes.iter().zip(&self.0).enumerate() {
            let cx = Cx::eval(tape).bound(Bind::Free).layer(i);
            let input = |source: &Source| match *source {
                // Nobody asks a layer with weights for the gradient at the network's input; of others it is the slope.
                Source::Input if weight_of(net.params_of(i)).is_some() => tape.constant(x.clone()),
                Source::Input => tape.leaf(x.clone()),
                Source::Node(j) => tape.leaf(nodes[j].value.clone()),
            };
            let inputs: Vec<_> = node.inputs.iter().map(input).collect();
            let params: Vec<_> = net.params_of(i).iter().map(|p| cx.param(p)).collect();
            let output = node.layer.forward(&cx, &params, &inputs);
            nodes.push(WalkedNode { inputs, output, value: output.value() });
        }
        Walk { net, tapes: self, x: x.clone(), nodes }
    }
}

impl Walk<'_> {
    /// The output of node `i`.
    pub(super) fn output(&self, i: usize) -> &Array<f32> {
        &self.nodes[i].value
    }
    /// The first input of node `i`.
    pub(super) fn input(&self, i: usize) -> &Array<f32> {
        match self.net.graph().nodes[i].inputs[0] {
            Source::Input => &self.x,
            Source::Node(j) => &self.nodes[j].value,
        }
    }
    /// The gradient of the sum of node `i`'s outputs at its input: f'(x) of an element-wise function, with its parameters as they are now.
    pub(super) fn slopes(&self, i: usize) -> Array<f32> {
        let node = &self.nodes[i];
        let ones = Array::ones(node.value.shape());
        let mut grads = self.tapes.0[i].backward(node.output, ones);
        grads.take(node.inputs[0]).unwrap_or_else(|| Array::zeros(node.inputs[0].shape()))
    }
    /// The chain rule, backwards from the gradient at the output of node `end`.
    pub(super) fn pull(&self, end: usize, seed: Array<f32>) -> Pulled {
        let nodes = &self.net.graph().nodes;
        let mut outputs: Vec<Option<Array<f32>>> = vec![None; nodes.len()];
        outputs[end] = Some(seed);
        let mut params: Vec<Vec<Option<Array<f32>>>> = Vec::new();
        for i in (0..nodes.len()).rev() {
            let of_node = self.net.params_of(i);
            let Some(grad) = outputs[i].clone() else {
                params.push(vec![None; of_node.len()]);
                continue;
            };
            let mut grads = self.tapes.0[i].backward(self.nodes[i].output, grad);
            for (source, &input) in nodes[i].inputs.iter().zip(&self.nodes[i].inputs) {
                let Source::Node(j) = *source else { continue };
                let Some(part) = grads.take(input) else { continue };
                match &mut outputs[j] {
                    Some(sum) => elementwise::add_assign(sum, &part),
                    none => *none = Some(part),
                }
            }
            params.push(of_node.iter().map(|p| grads.param(p.id()).cloned()).collect());
        }
        params.reverse();
        Pulled { outputs, params }
    }
}
