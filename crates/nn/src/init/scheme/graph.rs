//! Which activations stand before and behind a layer with weights.

use super::contract::WeightPlace;
use crate::{AnyLayer, Graph, Init, NnError, Node, ParamInit, Source};
use sparring_activations::{AnyActivation, AnyRowActivation};
use sparring_math::named::Family;

/// The extents of the weights that a layer draws.
fn weights(layer: &AnyLayer) -> Option<Vec<usize>> {
    let drawn = layer.parameters().into_iter().find(|p| matches!(p.start, ParamInit::Weight(_)));
    drawn.map(|p| p.shape)
}

/// An activation beside a layer with weights.
#[derive(Clone, Copy)]
enum Met {
    /// Of each number.
    Elementwise(AnyActivation),
    /// Of rows.
    Rows(&'static str),
}

impl Met {
    fn of(layer: &AnyLayer) -> Option<Self> {
        // A layer of rows has the name of its activation.
        let rows = || AnyRowActivation::TABLE.names().find(|name| *name == layer.tag());
        layer.as_activation().map(|a| Self::Elementwise(*a)).or_else(|| rows().map(Self::Rows))
    }
    fn elementwise(self) -> Option<AnyActivation> {
        match self {
            Self::Elementwise(a) => Some(a),
            Self::Rows(_) => None,
        }
    }
    fn rows(self) -> Option<&'static str> {
        match self {
            Self::Elementwise(_) => None,
            Self::Rows(name) => Some(name),
        }
    }
}

impl Graph {
    /// The graph with the initializer of each layer with weights set to what `init` says of its place.
    pub(super) fn initialised(
        &self,
        init: impl Fn(&WeightPlace) -> Result<Init, String>,
    ) -> Result<Self, NnError> {
        let mut graph = self.clone();
        for (i, node) in graph.nodes.iter_mut().enumerate() {
            let shape = weights(&node.layer).unwrap_or_default();
            let [outputs, inputs, taps @ ..] = &shape[..] else { continue };
            let by_taps = |n: usize| taps.iter().fold(n, |all, &tap| all.saturating_mul(tap));
            let (fan_in, fan_out) = (by_taps(*inputs), by_taps(*outputs));
            let (before, after) = (self.read_by(node), self.reader_of(i));
            let rows = before.or(after).and_then(Met::rows);
            let [before, after] = [before, after].map(|met| met.and_then(Met::elementwise));
            let place = WeightPlace { before, after, rows, fan_in, fan_out };
            let refused = |what| NnError::Spec { layer: node.name.clone(), what };
            let init = init(&place).map_err(refused)?;
            if let Some(layer) = node.layer.with_init(init) {
                node.layer = layer;
            }
        }
        Ok(graph)
    }
    /// The activation whose values a node reads, through layers without parameters (flatten, pooling, dropout); `None` behind a normalisation, a sum or another layer with weights.
    fn read_by<'a>(&'a self, mut node: &'a Node) -> Option<Met> {
        loop {
            let [Source::Node(i)] = node.inputs[..] else { return None };
            node = &self.nodes[i];
            if let Some(met) = Met::of(&node.layer) {
                return Some(met);
            }
            if !node.layer.parameters().is_empty() {
                return None;
            }
        }
    }
    /// The activation that reads a node, the first one behind it, whatever lies between but other weights.
    fn reader_of(&self, mut i: usize) -> Option<Met> {
        loop {
            let mut readers =
                (i + 1..self.nodes.len()).filter(|&j| self.nodes[j].inputs.contains(&Source::Node(i)));
            let (Some(j), None) = (readers.next(), readers.next()) else { return None };
            let layer = &self.nodes[j].layer;
            if let Some(met) = Met::of(layer) {
                return Some(met);
            }
            if weights(layer).is_some() {
                return None;
            }
            i = j;
        }
    }
}
