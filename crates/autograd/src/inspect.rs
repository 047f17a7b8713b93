//! A tape seen from outside.

use crate::pullback::pull_back;
use crate::{Path, Tape, Var};
use sparring_tensor::{Array, Elem, Shape, reduce};

/// A gradient that is not finite, and the operation whose rule gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadGradient {
    /// Position of the operation.
    pub place: usize,
    /// Its name.
    pub op: &'static str,
    /// Shape of the gradient.
    pub shape: Shape,
}

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
        self.nodes().enumerate().find(|(_, n)| !reduce::all_finite(&n.value)).map(|(i, n)| (i, n.name))
    }
    /// The first gradient of ⟨seed, root⟩ at an input of an operation that is infinite or NaN, on the way back from the root.
    ///
    /// # Panics
    /// If the shape of the seed is not the root's.
    #[track_caller]
    pub fn first_non_finite_gradient(&self, root: Var<'_, E>, seed: Array<E>) -> Option<BadGradient> {
        assert_eq!(root.shape(), seed.shape(), "first_non_finite_gradient: root and seed differ in shape");
        let recording = self.recording.borrow();
        let nodes = &recording.nodes[..=root.id() as usize];
        let mut cotangents = vec![None; nodes.len()];
        cotangents[nodes.len() - 1] = Some(seed);
        for (place, node) in nodes.iter().enumerate().rev() {
            let (Some(op), Some(cotangent)) = (&node.op, cotangents[place].take()) else { continue };
            pull_back(&recording, node, &cotangent, Path::Fast, &mut cotangents);
            let given = recording.inputs(node).iter().filter_map(|&i| cotangents[i as usize].as_ref());
            if let Some(bad) = given.into_iter().find(|g| !reduce::all_finite(g)) {
                return Some(BadGradient { place, op: op.name(), shape: bad.shape() });
            }
        }
        None
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

    #[test]
    fn the_operation_whose_gradient_is_infinite_is_named() {
        let tape = Tape::<f64>::new();
        // sqrt(0) = 0 is finite, its derivative is not.
        let x = tape.leaf(Array::from_slice([2], &[0.0, 4.0]));
        let y = ops::sqrt(ops::exp(x) - ops::exp(x));
        let root = ops::sum(y);
        assert_eq!(tape.first_non_finite(), None);
        let bad = tape.first_non_finite_gradient(root, Array::scalar(1.0)).unwrap();
        assert_eq!((bad.op, bad.shape.dims()), ("sqrt", &[2][..]));
        let fine = ops::sum(ops::sqrt(ops::exp(x)));
        assert_eq!(tape.first_non_finite_gradient(fine, Array::scalar(1.0)), None);
    }
}
