//! The network that grows while a file is read.

use super::constant::Constant;
use super::live::Live;
use crate::terminal::{NAME, shown};
use crate::{LoadNote, StoreError};
use sparring_nn::layers::{Affine, Conv2d, Linear, Normalize, flatten, reshape};
use sparring_nn::{AnyLayer, Graph, Network, Node, Source};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};
use std::collections::BTreeSet;

/// Most numbers of all weights, as of any network.
const MOST_NUMBERS: usize = 1 << 28;

/// Graph, weights and names so far.
pub(super) struct Builder {
    graph: Graph,
    /// Of each node, what an example becomes, and its parameters.
    shapes: Vec<Shape>,
    weights: Vec<Vec<Array<f32>>>,
    names: BTreeSet<String>,
    /// What the names of weights begin with, which no other node may take.
    claimed: BTreeSet<String>,
    /// Nodes whose value has several names in the file: what is folded into one of them would change what the others read.
    shared: BTreeSet<usize>,
    /// Numbers of all weights so far.
    numbers: usize,
    pub notes: Vec<LoadNote>,
}

impl Builder {
    pub fn new(input: [usize; 3], claimed: BTreeSet<String>) -> Self {
        let (shapes, weights, notes) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            graph: Graph::new(input),
            shapes,
            weights,
            names: BTreeSet::new(),
            claimed,
            shared: BTreeSet::new(),
            numbers: 0,
            notes,
        }
    }
    /// Something a user should be told.
    pub fn tell(&mut self, what: impl Into<String>) {
        self.notes.push(LoadNote::Import { what: what.into() });
    }
    fn name(&mut self, wanted: &str, has_weights: bool) -> String {
        let mut name =
            if wanted.is_empty() { self.graph.nodes.len().to_string() } else { wanted.to_string() };
        let taken = |name: &String| {
            name == "input" || self.names.contains(name) || (!has_weights && self.claimed.contains(name))
        };
        // The number of the node is in no other name that is made so: a second clash is one with a name of the file.
        if taken(&name) {
            name = format!("{name}_{}", self.graph.nodes.len());
        }
        while taken(&name) {
            name.push('_');
        }
        self.names.insert(name.clone());
        name
    }
    fn shape_of(&self, source: Source) -> Shape {
        let [c, h, w] = self.graph.input;
        match source {
            Source::Input => Shape::new(&[1, c, h, w]),
            Source::Node(i) => self.shapes[i],
        }
    }
    /// A layer with its parameters, in the layer's order; `owner` is the name of a weight, `NAME.weight`, by which the node is called, else it is called as it is in the file.
    ///
    /// # Errors
    /// For numbers, shapes or weights that the layer cannot have.
    pub fn push(
        &mut self,
        (node, owner): (&str, &str),
        layer: AnyLayer,
        inputs: &[Source],
        weights: Vec<Array<f32>>,
    ) -> Result<Live, StoreError> {
        let wrong = |what: String| StoreError::onnx(format!("node `{}`: {what}", shown(node, NAME)));
        layer.check().map_err(wrong)?;
        let shapes: Vec<Shape> = inputs.iter().map(|&s| self.shape_of(s)).collect();
        let shape = layer.shape(&shapes).map_err(|e| wrong(e.to_string()))?;
        layer.cost(&shapes).map_err(|e| wrong(e.to_string()))?;
        for (spec, weight) in layer.parameters().iter().zip(&weights) {
            if spec.shape != weight.shape().dims() {
                let got = weight.shape();
                return Err(wrong(format!("{} of {got}, {:?} is needed", spec.name, spec.shape)));
            }
            if weight.as_slice().iter().any(|v| !v.is_finite()) {
                return Err(wrong(format!("its {} holds a number that is infinite or NaN", spec.name)));
            }
        }
        // One weight of the file may serve many nodes, each of which has a copy.
        self.numbers += weights.iter().map(Array::len).sum::<usize>();
        if self.numbers > MOST_NUMBERS {
            return Err(wrong(format!(
                "{} numbers of weights up to here, at most {MOST_NUMBERS} are allowed",
                self.numbers
            )));
        }
        let claimed = owner.strip_suffix(".weight").filter(|name| !name.is_empty());
        // A layer with weights may have the name of its own; one without gives way.
        let name = self.name(claimed.unwrap_or(node), !weights.is_empty());
        self.graph.nodes.push(Node { name, layer, inputs: inputs.to_vec() });
        self.shapes.push(shape);
        self.weights.push(weights);
        Ok(Live::new(self.graph.last(), shape.dims()[1..].to_vec()))
    }
    /// The value with its scale and shift as a layer: `normalize` where that does, which the engine runs with the layer behind it.
    pub fn plain(&mut self, node: &str, live: Live) -> Result<Live, StoreError> {
        if live.is_plain() {
            return Ok(live);
        }
        if live.border != [0; 4] {
            return Err(StoreError::onnx(format!(
                "node `{}`: Pad before anything but a convolution",
                shown(node, NAME)
            )));
        }
        let channels = live.shape[0];
        let n = live.scale.len().max(live.shift.len());
        let at = |v: &[f64], i: usize| v[if v.len() == 1 { 0 } else { i }];
        let positive = live.scale.iter().all(|s| (1e-30..1e30).contains(s));
        let (layer, weights): (AnyLayer, _) = if live.shape.len() == 3 && positive && n <= channels {
            let each = |i: usize| (-at(&live.shift, i) / at(&live.scale, i), 1.0 / at(&live.scale, i));
            let (mean, std) = (0..channels).map(each).unzip();
            (Normalize { mean, std }.into(), Vec::new())
        } else {
            let shape: Vec<usize> = match n {
                1 => vec![1; live.shape.len()],
                n if n == live.numbers() => live.shape.clone(),
                _ => live.shape.iter().enumerate().map(|(i, &d)| if i == 0 { d } else { 1 }).collect(),
            };
            let array = |v: &[f64]| Array::from_fn(shape.as_slice(), |i| at(v, i) as f32);
            let weights = vec![array(&live.scale), array(&live.shift)];
            (Affine { shape }.into(), weights)
        };
        let name = if live.scaled_by.is_empty() { node } else { &live.scaled_by };
        let next = self.push((name, ""), layer, &[live.source], weights)?;
        Ok(next.seen_as(live.dims, &live.reshaped_by))
    }
    /// The value in the extents that the file sees.
    pub fn shaped(&mut self, node: &str, live: Live) -> Result<Live, StoreError> {
        let live = self.plain(node, live)?;
        if live.shape == live.dims {
            return Ok(live);
        }
        let layer = match live.dims.len() {
            1 => flatten(),
            _ => reshape(&live.dims),
        };
        let name = if live.reshaped_by.is_empty() { "" } else { &live.reshaped_by };
        self.push((name, ""), layer, &[live.source], Vec::new())
    }
    /// Nodes so far.
    pub fn len(&self) -> usize {
        self.graph.nodes.len()
    }
    /// A second name for what a node says: nothing is folded into it any more.
    pub fn share(&mut self, source: Source) {
        if let Source::Node(i) = source {
            self.shared.insert(i);
        }
    }
    /// Whether other names stand for what this node says.
    pub fn is_shared(&self, source: Source) -> bool {
        matches!(source, Source::Node(i) if self.shared.contains(&i))
    }
    /// Adds a bias to a linear layer or a convolution that has none, and one name.
    pub fn add_bias(&mut self, source: Source, bias: &[f64]) -> bool {
        let Source::Node(i) = source else { return false };
        if self.is_shared(source) {
            return false;
        }
        let old = &self.graph.nodes[i].layer;
        let layer: AnyLayer = if let Some(linear @ Linear { bias: false, .. }) = old.as_layer() {
            Linear { bias: true, ..linear.clone() }.into()
        } else if let Some(conv @ Conv2d { bias: false, .. }) = old.as_layer() {
            Conv2d { bias: true, ..conv.clone() }.into()
        } else {
            return false;
        };
        let Some(spec) = layer.parameters().pop() else { return false };
        let n = spec.len();
        if (bias.len() != n && bias.len() != 1) || bias.iter().any(|b| !(*b as f32).is_finite()) {
            return false;
        }
        self.weights[i].push(Array::from_fn([n], |k| bias[if bias.len() == 1 { 0 } else { k }] as f32));
        self.graph.nodes[i].layer = layer;
        true
    }
    /// The node, to look at.
    pub fn node(&self, source: Source) -> Option<&Node> {
        match source {
            Source::Input => None,
            Source::Node(i) => self.graph.nodes.get(i),
        }
    }
    /// Puts another layer without parameters in the place of one.
    pub fn replace(&mut self, source: Source, layer: AnyLayer) {
        if let Source::Node(i) = source {
            self.graph.nodes[i].layer = layer;
        }
    }
    /// The network whose output is `end`; nodes that it does not read are left out.
    pub fn finish(mut self, end: Source) -> Result<(Network<f32>, Vec<LoadNote>), StoreError> {
        let Source::Node(end) = end else {
            return Err(StoreError::onnx("its output is its input: there is no layer"));
        };
        let mut read = vec![false; end + 1];
        read[end] = true;
        for i in (0..=end).rev() {
            for source in &self.graph.nodes[i].inputs {
                if let (Source::Node(j), true) = (*source, read[i]) {
                    read[j] = true;
                }
            }
        }
        let mut place = Vec::with_capacity(end + 1);
        let mut graph = Graph::new(self.graph.input);
        let mut weights = Vec::new();
        for (i, mut node) in self.graph.nodes.drain(..=end).enumerate() {
            place.push(graph.nodes.len());
            if read[i] {
                for source in &mut node.inputs {
                    if let Source::Node(j) = source {
                        *j = place[*j];
                    }
                }
                graph.nodes.push(node);
                weights.append(&mut self.weights[i]);
            }
        }
        // Any key does: every number is replaced.
        let mut net = graph.build::<f32>(Key::new(0)).map_err(|e| StoreError::onnx(e.to_string()))?;
        if net.params.len() != weights.len() {
            return Err(StoreError::onnx("the layers and their weights do not belong together"));
        }
        net.params.iter_mut().zip(weights).for_each(|(param, value)| param.value = value);
        Ok((net, self.notes))
    }
}

/// As many numbers as `n`, as a bias or scale: one for all, or one each.
pub(super) fn vector(constant: &Constant, n: usize) -> Option<Array<f32>> {
    let values = constant.floats();
    match values.len() {
        1 => Some(Array::full([n], values[0])),
        own if own == n => Some(Array::from_slice([n], &values)),
        _ => None,
    }
}
