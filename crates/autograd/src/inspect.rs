//! A tape seen from outside.

use crate::{Tape, Var};
use sparring_tensor::{Array, Elem, Shape};

/// A node seen from outside, for exports, summaries and bounds.
#[derive(Clone, Debug)]
pub struct NodeView<E: Elem = f32> {
    /// The operation's name; `"leaf"` or `"constant"` where there is none.
    pub name: &'static str,
    /// Positions of the inputs.
    pub inputs: Vec<u32>,
    /// The value.
    pub value: Array<E>,
}

impl<E: Elem> Tape<E> {
    /// The variable with this [`id`](Var::id).
    ///
    /// # Panics
    /// If nothing with it is recorded.
    #[track_caller]
    pub fn var(&self, id: u32) -> Var<'_, E> {
        assert!((id as usize) < self.len(), "var: {id} of {} recorded values", self.len());
        Var::new(self, id)
    }
    pub(crate) fn value(&self, id: u32) -> Array<E> {
        self.recording.borrow().nodes[id as usize].value.clone()
    }
    pub(crate) fn shape(&self, id: u32) -> Shape {
        self.recording.borrow().nodes[id as usize].value.shape()
    }
    pub(crate) fn needs(&self, id: u32) -> bool {
        self.recording.borrow().nodes[id as usize].needs
    }
    /// Number of recorded values.
    pub fn len(&self) -> usize {
        self.recording.borrow().nodes.len()
    }
    /// Nothing recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The recorded nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<E>> + '_ {
        (0..self.len()).map(|i| {
            let recording = self.recording.borrow();
            let node = &recording.nodes[i];
            let name = node.op.as_ref().map_or(if node.needs { "leaf" } else { "constant" }, |op| op.name());
            NodeView { name, inputs: recording.inputs(node).to_vec(), value: node.value.clone() }
        })
    }
    /// The first recorded value that is infinite or NaN: its position and operation.
    pub fn first_non_finite(&self) -> Option<(usize, &'static str)> {
        self.nodes()
            .enumerate()
            .find(|(_, n)| !sparring_tensor::reduce::all_finite(&n.value))
            .map(|(i, n)| (i, n.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn the_walk_names_operations_and_finds_the_first_bad_value() {
        let tape = Tape::<f64>::new();
        let x = tape.leaf(Array::from_slice([1], &[-1.0]));
        let y = ops::ln(x);
        let _ = ops::activation(ops::exp(y), sparring_activations::Silu);
        let names: Vec<_> = tape.nodes().map(|n| n.name).collect();
        assert_eq!(names, ["leaf", "ln", "exp", "silu"]);
        assert_eq!(tape.first_non_finite(), Some((1, "ln")));
    }
}
