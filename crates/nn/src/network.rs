//! A graph with its numbers, run on a tape: the definition of what a network computes.

use crate::{Cost, Cx, Graph, NnError, Node, Objective, Param, Params, ShapeError};
use sparring_autograd::Var;
use sparring_seed::Key;
use sparring_tensor::{Elem, Shape};

/// What stands in a forward pass for a parameter that has been bound to the tape.
pub type ReplaceParam<'t, 'f, E> = dyn Fn(&Param<E>, Var<'t, E>) -> Var<'t, E> + 'f;

/// A graph and its parameters.
#[derive(Clone, Debug)]
pub struct Network<E: Elem = f32> {
    graph: Graph,
    /// The numbers.
    pub params: Params<E>,
    /// Position of each node's first parameter, and the end.
    first: Vec<usize>,
}

impl Graph {
    /// The network with parameters drawn by `key`, its shapes checked by a dry run.
    ///
    /// # Errors
    /// [`NnError::Spec`] for a senseless number, [`NnError::Shape`] where two layers do not fit or an example would need more memory or
    /// work than [`Cost`] allows.
    #[inline(never)]
    pub fn build<E: Elem>(&self, key: Key) -> Result<Network<E>, NnError> {
        self.validate()?;
        self.cost()?;
        Ok(Network::new(self.clone(), Params::draw(self, key)))
    }
}

sparring_math::compiled_here!(Graph::build::<f32>);

impl<E: Elem> Network<E> {
    /// # Panics
    /// If the parameters are not the graph's.
    pub(crate) fn new(graph: Graph, params: Params<E>) -> Self {
        let mut first = vec![0];
        for node in &graph.nodes {
            first.push(first[first.len() - 1] + node.layer.parameters().len());
        }
        assert_eq!(first.last(), Some(&params.len()), "a network has its graph's parameters");
        Self { graph, params, first }
    }
    /// The network up to the node of this name, its only output, as a copy: [`Graph::up_to`] with the parameters as they are.
    ///
    /// # Errors
    /// As [`Graph::up_to`].
    pub fn up_to(&self, name: &str) -> Result<Self, NnError> {
        let graph = self.graph.up_to(name)?;
        let kept = |(_, node): &(usize, &Node)| graph.nodes.iter().any(|n| n.name == node.name);
        let nodes = self.graph.nodes.iter().enumerate().filter(kept);
        let params = nodes.flat_map(|(i, _)| self.params_of(i)).cloned().collect();
        Ok(Self::new(graph, Params::of(params)))
    }
    /// What the network is.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }
    /// Positions of a node's parameters.
    pub(crate) fn of_node(&self, i: usize) -> std::ops::Range<usize> {
        self.first[i]..self.first[i + 1]
    }
    /// The parameters of the node at position `i`.
    pub fn params_of(&self, i: usize) -> &[crate::Param<E>] {
        &self.params.as_slice()[self.of_node(i)]
    }
    /// The shape of the output for a batch of `n` examples; the network was checked when it was built.
    ///
    /// # Errors
    /// [`ShapeError`] naming the node.
    pub fn output_shape(&self, n: usize) -> Result<Shape, ShapeError> {
        self.graph.output_shape(n)
    }
    /// What one example asks of the machine.
    ///
    /// # Errors
    /// As [`Graph::cost`].
    pub fn cost(&self) -> Result<Cost, ShapeError> {
        self.graph.cost()
    }
    /// The output of node `i` on the inputs given.
    pub(crate) fn node<'t>(&self, cx: &Cx<'t, E>, i: usize, x: &[Var<'t, E>]) -> Var<'t, E> {
        self.node_by(cx, i, x, &|_, v| v)
    }
    fn node_by<'t>(
        &self,
        cx: &Cx<'t, E>,
        i: usize,
        x: &[Var<'t, E>],
        by: &ReplaceParam<'t, '_, E>,
    ) -> Var<'t, E> {
        let params: Vec<_> = self.params_of(i).iter().map(|p| by(p, cx.param(p))).collect();
        self.graph.nodes[i].layer.forward(&cx.layer(i), &params, x)
    }
    /// As [`forward`](Self::forward), by what `by` makes of each parameter: |w|, say. Gradients are those at the parameters.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub fn forward_by<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, by: &ReplaceParam<'t, '_, E>) -> Var<'t, E> {
        let mut outputs = Vec::new();
        for (i, node) in self.graph.nodes.iter().enumerate() {
            let inputs = Graph::inputs_of(node, x, &outputs);
            outputs.push(self.node_by(cx, i, &inputs, by));
        }
        self.graph.ends().first().map_or(x, |&i| outputs[i])
    }
    /// The outputs of the nodes in `range`, where the node before it gave `x` (the network's input before the first): of a chain, or of all nodes.
    fn run<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, range: std::ops::Range<usize>) -> Vec<Var<'t, E>> {
        let mut outputs = vec![x; range.start];
        for i in range {
            let inputs = Graph::inputs_of(&self.graph.nodes[i], x, &outputs);
            outputs.push(self.node(cx, i, &inputs));
        }
        outputs
    }
    /// The output for a batch (the first, if there are several); changes nothing.
    ///
    /// # Panics
    /// On a shape that the graph refuses.
    ///
    /// # Shapes
    /// `x` `[n, channels, height, width]`
    pub fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        self.forward_all(cx, x)[0]
    }
    /// All outputs, in the order of [`Graph::outputs`].
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub fn forward_all<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Vec<Var<'t, E>> {
        let outputs = self.run(cx, x, 0..self.graph.nodes.len());
        if outputs.is_empty() {
            return vec![x];
        }
        self.graph.ends().iter().map(|&i| outputs[i]).collect()
    }
    /// The loss of an objective for a batch, and the sums of its metrics, as [`loss`](crate::loss()): the objective is that of [`Engine::gradients`](crate::Engine::gradients).
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub fn loss<'t>(
        &self,
        cx: &Cx<'t, E>,
        x: Var<'t, E>,
        objective: &dyn Objective<E>,
    ) -> (Var<'t, E>, [f64; 3]) {
        crate::loss(&self.forward_all(cx, x), x, objective)
    }
    /// The output of every node, in order.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub fn forward_nodes<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Vec<Var<'t, E>> {
        self.run(cx, x, 0..self.graph.nodes.len())
    }
    /// Output of the first `n` nodes (the code of an autoencoder, features of a classifier).
    ///
    /// # Panics
    /// If there are fewer.
    pub fn forward_to<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, n: usize) -> Var<'t, E> {
        self.run(cx, x, 0..n).last().copied().unwrap_or(x)
    }
    /// Output of the nodes of a chain from `n` on (the decoder).
    ///
    /// # Panics
    /// If there are fewer, or the network is no chain.
    pub fn forward_from<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, n: usize) -> Var<'t, E> {
        assert!(self.graph.is_chain(), "forward_from: the network is no chain");
        self.run(cx, x, n..self.graph.nodes.len()).last().copied().unwrap_or(x)
    }
}
