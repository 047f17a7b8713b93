//! A network as data: named nodes with their inputs.

use crate::any_layer::MOST_PARAMETERS;
use crate::{AnyLayer, Cost, NnError, ParamKind, ParamSpec, ShapeError, Span};
use sparring_tensor::Shape;

/// Where a node reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The network's input, `[n, channels, height, width]`.
    Input,
    /// The output of the node at this position.
    Node(usize),
}

/// A layer in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What its parameters' names begin with; the position unless it was given another.
    pub name: String,
    /// The layer.
    pub layer: AnyLayer,
    /// Where it reads, in order; nodes before it.
    pub inputs: Vec<Source>,
}

/// A network for examples of a known shape: nodes in an order in which each reads only what stands before it.
///
/// ```
/// use sparring_nn::{Graph, layers::*};
/// let mut graph = Graph::chain([1, 8, 8], vec![conv2d(1, 4, 3, 1, 1)]);
/// let skip = graph.last();
/// graph.push(batch_norm(4));
/// let deep = graph.push(conv2d(4, 4, 3, 1, 1));
/// graph.push_from(add(), &[deep, skip]);
/// graph.push(flatten());
/// graph.push(linear(256, 10));
/// let net = graph.build::<f32>(sparring_seed::Key::new(1)).unwrap();
/// assert!(net.params.get("1.running_mean").is_some());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// `[channels, height, width]` of an example; vectors are `[1, 1, dim]`.
    pub input: [usize; 3],
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Positions of the nodes that leave the network, in order; empty: the last one alone.
    pub outputs: Vec<usize>,
}

/// Name of the network's input in files.
pub(crate) const INPUT: &str = "input";

impl Graph {
    /// A network without a node.
    pub fn new(input: [usize; 3]) -> Self {
        Self { input, nodes: Vec::new(), outputs: Vec::new() }
    }
    /// Layers one after the other; the i-th is named `i`, as in `nn.Sequential`.
    pub fn chain(input: [usize; 3], layers: Vec<AnyLayer>) -> Self {
        let mut graph = Self::new(input);
        for layer in layers {
            graph.push(layer);
        }
        graph
    }
    /// The last node; the input if there is none.
    pub fn last(&self) -> Source {
        self.nodes.len().checked_sub(1).map_or(Source::Input, Source::Node)
    }
    /// A layer behind the last node.
    pub fn push(&mut self, layer: AnyLayer) -> Source {
        self.push_from(layer, &[self.last()])
    }
    /// A layer that reads these.
    pub fn push_from(&mut self, layer: AnyLayer, inputs: &[Source]) -> Source {
        let name = self.nodes.len().to_string();
        self.nodes.push(Node { name, layer, inputs: inputs.to_vec() });
        self.last()
    }
    /// Gives the last node a name: `conv1` for parameters `conv1.weight`.
    pub fn name_last(&mut self, name: &str) {
        if let Some(node) = self.nodes.last_mut() {
            node.name = name.to_string();
        }
    }
    /// The layers, in the order of the nodes.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &AnyLayer> {
        self.nodes.iter().map(|n| &n.layer)
    }
    /// Whether each node reads the one before it, and nothing else.
    pub fn is_chain(&self) -> bool {
        self.nodes.iter().enumerate().all(|(i, n)| n.inputs == [before(i)]) && self.outputs.is_empty()
    }
    /// The first `n` nodes of a chain as a network of their own: the encoder of an autoencoder.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn head(&self, n: usize) -> Self {
        Self { input: self.input, nodes: self.nodes[..n].to_vec(), outputs: Vec::new() }
    }
    /// The shape of a batch of `n` examples.
    pub(crate) fn batch(&self, n: usize) -> Shape {
        let [c, h, w] = self.input;
        Shape::new(&[n, c, h, w])
    }

    /// Everything makes sense by itself: numbers, names, order; shapes are the matter of [`shapes`](Self::shapes).
    ///
    /// # Errors
    /// [`NnError::Spec`] naming the node and what is wrong.
    pub fn validate(&self) -> Result<(), NnError> {
        let wrong = |layer: &str, what: String| Err(NnError::Spec { layer: layer.to_string(), what });
        let numbers = self.input.iter().try_fold(1usize, |a, &b| a.checked_mul(b));
        if numbers.is_none_or(|n| n == 0 || n > 1 << 28) {
            return wrong("0", format!("input {:?}: one to 2^28 numbers", self.input));
        }
        let mut all = 0usize;
        let mut names = std::collections::BTreeSet::new();
        for (i, node) in self.nodes.iter().enumerate() {
            if let Err(what) = node.layer.check() {
                return wrong(&node.name, what);
            }
            if node.name.is_empty() || node.name == INPUT || !names.insert(&node.name) {
                return wrong(&node.name, format!("the name `{}` is taken or no name", node.name));
            }
            if node.inputs.iter().any(|s| matches!(*s, Source::Node(j) if j >= i)) || node.inputs.is_empty() {
                return wrong(&node.name, "a layer reads layers before it, at least one".into());
            }
            let params = node.layer.parameters();
            let mut own = std::collections::BTreeSet::new();
            if let Some(p) = params.iter().find(|p| !own.insert(p.name)) {
                return wrong(&node.name, format!("two of its parameters are called `{}`", p.name));
            }
            // Biases are no more than outputs, which `Cost` bounds.
            let weights = params.iter().filter(|p| p.kind != ParamKind::Bias);
            all = weights.fold(all, |all, p| all.saturating_add(p.len()));
            if all > MOST_PARAMETERS {
                return wrong(
                    &node.name,
                    format!("{all} weights up to here are more than this program will hold"),
                );
            }
        }
        if let Some(&end) = self.outputs.iter().find(|&&o| o >= self.nodes.len()) {
            return wrong(&end.to_string(), "an output that is no layer".into());
        }
        match self.unread() {
            Some(i) => wrong(&self.nodes[i].name, "nothing reads its output".into()),
            None => Ok(()),
        }
    }
    /// What a node reads, taken from the outputs of all nodes so far.
    pub(crate) fn inputs_of<T: Copy>(node: &Node, input: T, outputs: &[T]) -> Vec<T> {
        let of = |s: &Source| match *s {
            Source::Input => input,
            Source::Node(i) => outputs[i],
        };
        node.inputs.iter().map(of).collect()
    }
    /// The shape of every node's output for a batch of `n` examples: a dry run.
    ///
    /// # Errors
    /// [`ShapeError`] naming the first node that does not fit what it reads.
    pub fn shapes(&self, n: usize) -> Result<Vec<Shape>, ShapeError> {
        let mut shapes = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let inputs = Self::inputs_of(node, self.batch(n), &shapes);
            shapes.push(node.layer.shape(&inputs).map_err(|e| e.inside(&node.name))?);
        }
        Ok(shapes)
    }
    /// The shape of the output (of the first, if there are several) for a batch of `n` examples.
    ///
    /// # Errors
    /// As [`shapes`](Self::shapes).
    pub fn output_shape(&self, n: usize) -> Result<Shape, ShapeError> {
        let shapes = self.shapes(n)?;
        Ok(self.ends().first().map_or(self.batch(n), |&i| shapes[i]))
    }
    /// What one example asks of the machine.
    ///
    /// # Errors
    /// [`ShapeError`] where two layers do not fit, or one or all of them are more than [`Cost`] allows.
    pub fn cost(&self) -> Result<Cost, ShapeError> {
        let (mut shapes, mut all) = (Vec::with_capacity(self.nodes.len()), Cost::default());
        for node in &self.nodes {
            let inside = |e: ShapeError| e.inside(&node.name);
            let inputs = Self::inputs_of(node, self.batch(1), &shapes);
            all = all.then(node.layer.cost(&inputs).map_err(inside)?);
            // Together they may be too much where each is not.
            all.check(&node.layer.kind()).map_err(inside)?;
            shapes.push(node.layer.shape(&inputs).map_err(inside)?);
        }
        Ok(all)
    }
    /// Fewest examples that a training step may have, and the node that needs them.
    ///
    /// # Errors
    /// As [`shapes`](Self::shapes).
    pub fn least_batch(&self) -> Result<(usize, Option<&Node>), ShapeError> {
        let shapes = self.shapes(1)?;
        let of = |node: &Node| node.layer.least_batch(&Self::inputs_of(node, self.batch(1), &shapes));
        let needy = self.nodes.iter().max_by_key(|n| of(n)).filter(|n| of(n) > 1);
        Ok((needy.map_or(1, of), needy))
    }
    /// Whether a layer sees the whole batch at once in training.
    pub fn spans_batch(&self) -> bool {
        self.layers().any(|l| l.span() == Span::Batch)
    }
    /// Every parameter with its full name, in order, behind `prefix` and a dot if there is one.
    pub fn parameters(&self, prefix: &str) -> Vec<(String, ParamSpec)> {
        let dot = if prefix.is_empty() { "" } else { "." };
        let of = |node: &Node| {
            let named = |p: ParamSpec| (format!("{prefix}{dot}{}.{}", node.name, p.name), p);
            node.layer.parameters().into_iter().map(named).collect::<Vec<_>>()
        };
        self.nodes.iter().flat_map(of).collect()
    }
}

/// What the node at position `i` of a chain reads.
pub(crate) fn before(i: usize) -> Source {
    i.checked_sub(1).map_or(Source::Input, Source::Node)
}
