//! What leaves a graph: one output, or several by name.

use crate::{Graph, NnError, ShapeError, Source};

impl Graph {
    /// Positions of the nodes that leave the network.
    pub(crate) fn ends(&self) -> Vec<usize> {
        if self.outputs.is_empty() {
            (self.nodes.len().max(1) - 1..self.nodes.len()).collect()
        } else {
            self.outputs.clone()
        }
    }
    /// The columns of each output in a row of the engine's outputs, in order: they stand side by side, channels first.
    ///
    /// # Errors
    /// As [`shapes`](Self::shapes).
    pub fn output_columns(&self) -> Result<Vec<std::ops::Range<usize>>, ShapeError> {
        let (shapes, mut from) = (self.shapes(1)?, 0);
        let columns = |i: &usize| {
            from += shapes[*i].numel();
            from - shapes[*i].numel()..from
        };
        Ok(self.ends().iter().map(columns).collect())
    }
    /// The network up to the node of this name, its only output: one head of several, the features of a classifier. Names stay.
    ///
    /// # Errors
    /// [`NnError::Spec`] if no node is called so.
    pub fn up_to(&self, name: &str) -> Result<Self, NnError> {
        let missing = || NnError::Spec { layer: name.to_string(), what: "no layer is called so".into() };
        let end = self.nodes.iter().position(|n| n.name == name).ok_or_else(missing)?;
        let mut graph = Self { input: self.input, nodes: self.nodes[..=end].to_vec(), outputs: Vec::new() };
        while let Some(at) = graph.unread() {
            graph.nodes.remove(at);
            for source in graph.nodes.iter_mut().flat_map(|n| &mut n.inputs) {
                if let Source::Node(j) = source {
                    *j -= usize::from(*j > at);
                }
            }
        }
        Ok(graph)
    }
    /// The first node whose output reaches no output of the network.
    pub(crate) fn unread(&self) -> Option<usize> {
        let mut read = vec![false; self.nodes.len()];
        self.ends().iter().for_each(|&i| read[i] = true);
        for (i, node) in self.nodes.iter().enumerate().rev() {
            for source in &node.inputs {
                if let (Source::Node(j), true) = (*source, read[i]) {
                    read[j] = true;
                }
            }
        }
        read.iter().position(|r| !r)
    }
}
