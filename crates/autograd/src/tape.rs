//! The tape: an arena of nodes, appended to by operations, walked backwards by `backward.rs`.

use crate::{Op, Var};
use sparring_tensor::{Array, Elem, Shape};
use std::cell::RefCell;
use std::sync::Arc;

/// One recorded value.
#[derive(Debug)]
pub(crate) struct Node<E: Elem> {
    pub(crate) value: Array<E>,
    /// `None` for leaves and constants.
    pub(crate) op: Option<Arc<dyn Op<E>>>,
    /// First edge and number of edges in [`Inner::edges`].
    pub(crate) first: u32,
    pub(crate) arity: u32,
    pub(crate) needs: bool,
}

#[derive(Debug)]
pub(crate) struct Inner<E: Elem> {
    pub(crate) nodes: Vec<Node<E>>,
    pub(crate) edges: Vec<u32>,
    /// (parameter, wants a gradient, node).
    pub(crate) bound: Vec<(u64, bool, u32)>,
}

impl<E: Elem> Inner<E> {
    pub(crate) fn inputs(&self, node: &Node<E>) -> &[u32] {
        &self.edges[node.first as usize..(node.first + node.arity) as usize]
    }
}

/// Records operations. Not `Sync`: one tape a worker.
#[derive(Debug)]
pub struct Tape<E: Elem = f32> {
    pub(crate) inner: RefCell<Inner<E>>,
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

impl<E: Elem> Default for Tape<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Elem> Tape<E> {
    /// An empty tape.
    pub fn new() -> Self {
        Self { inner: RefCell::new(Inner { nodes: Vec::new(), edges: Vec::new(), bound: Vec::new() }) }
    }
    /// A value whose gradient is wanted.
    pub fn leaf(&self, value: Array<E>) -> Var<'_, E> {
        self.push(value, None, &[], true)
    }
    /// A value whose gradient nobody wants.
    pub fn constant(&self, value: Array<E>) -> Var<'_, E> {
        self.push(value, None, &[], false)
    }
    /// The parameter with this number: one node however often it is bound, a leaf or a constant.
    ///
    /// # Panics
    /// If the parameter was changed since it was bound to this tape: reset the tape first.
    #[track_caller]
    pub fn bind(&self, param: u64, value: &Array<E>, wants_grad: bool) -> Var<'_, E> {
        let inner = self.inner.borrow();
        if let Some(&(_, _, id)) = inner.bound.iter().find(|b| b.0 == param && b.1 == wants_grad) {
            let same = std::ptr::eq(inner.nodes[id as usize].value.as_slice(), value.as_slice());
            assert!(
                same,
                "bind: a parameter changed while it was on the tape; reset the tape after each step"
            );
            return Var::new(self, id);
        }
        drop(inner);
        let var = self.push(value.clone(), None, &[], wants_grad);
        self.inner.borrow_mut().bound.push((param, wants_grad, var.id()));
        var
    }
    /// Evaluates an operation and records it.
    ///
    /// # Panics
    /// If the shapes do not fit the operation.
    #[track_caller]
    pub fn apply<'t>(&'t self, op: impl Op<E> + 'static, inputs: &[Var<'t, E>]) -> Var<'t, E> {
        let value = {
            let inner = self.inner.borrow();
            let mut few = [&inner.nodes[inputs[0].id() as usize].value; 4];
            if inputs.len() <= few.len() {
                for (slot, x) in few.iter_mut().zip(inputs) {
                    *slot = &inner.nodes[x.id() as usize].value;
                }
                op.forward(&few[..inputs.len()])
            } else {
                let many: Vec<_> = inputs.iter().map(|x| &inner.nodes[x.id() as usize].value).collect();
                op.forward(&many)
            }
        };
        self.record(value, op, inputs)
    }
    /// Records an operation whose value is known already.
    ///
    /// # Panics
    /// If an input lives on another tape.
    #[track_caller]
    pub fn record<'t>(
        &'t self,
        value: Array<E>,
        op: impl Op<E> + 'static,
        inputs: &[Var<'t, E>],
    ) -> Var<'t, E> {
        for x in inputs {
            assert!(std::ptr::eq(x.tape(), self), "{}: an input lives on another tape", op.name());
        }
        let needs = inputs.iter().any(|x| x.needs_grad());
        self.push(value, Some(Arc::new(op)), inputs, needs)
    }
    fn push<'t>(
        &'t self,
        value: Array<E>,
        op: Option<Arc<dyn Op<E>>>,
        inputs: &[Var<'t, E>],
        needs: bool,
    ) -> Var<'t, E> {
        let mut inner = self.inner.borrow_mut();
        let first = inner.edges.len() as u32;
        inner.edges.extend(inputs.iter().map(|x| x.id()));
        let id = inner.nodes.len() as u32;
        inner.nodes.push(Node { value, op, first, arity: inputs.len() as u32, needs });
        Var::new(self, id)
    }
    pub(crate) fn value(&self, id: u32) -> Array<E> {
        self.inner.borrow().nodes[id as usize].value.clone()
    }
    pub(crate) fn shape(&self, id: u32) -> Shape {
        self.inner.borrow().nodes[id as usize].value.shape()
    }
    pub(crate) fn needs(&self, id: u32) -> bool {
        self.inner.borrow().nodes[id as usize].needs
    }
    /// Number of recorded values.
    pub fn len(&self) -> usize {
        self.inner.borrow().nodes.len()
    }
    /// Nothing recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The recorded nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<E>> + '_ {
        (0..self.len()).map(|i| {
            let inner = self.inner.borrow();
            let node = &inner.nodes[i];
            let name = node.op.as_ref().map_or(if node.needs { "leaf" } else { "constant" }, |op| op.name());
            NodeView { name, inputs: inner.inputs(node).to_vec(), value: node.value.clone() }
        })
    }
    /// The first recorded value that is infinite or NaN: its position and operation.
    pub fn first_non_finite(&self) -> Option<(usize, &'static str)> {
        self.nodes()
            .enumerate()
            .find(|(_, n)| !sparring_tensor::reduce::all_finite(&n.value))
            .map(|(i, n)| (i, n.name))
    }
    /// Forgets everything; buffers go back to the pool, capacity stays.
    pub fn reset(&mut self) {
        let inner = self.inner.get_mut();
        inner.nodes.clear();
        inner.edges.clear();
        inner.bound.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn a_parameter_bound_twice_is_one_leaf() {
        let w = Array::<f64>::from_slice([2], &[1.0, 2.0]);
        let mut tape = Tape::new();
        let y = ops::sum(tape.bind(9, &w, true) * tape.bind(9, &w, true));
        assert_eq!(tape.backward(y, Array::scalar(1.0)).param(9).unwrap().as_slice(), &[2.0, 4.0]);
        let frozen = tape.bind(9, &w, false);
        assert!(!frozen.needs_grad());
        tape.reset();
        assert!(tape.is_empty());
    }

    #[test]
    fn the_walk_names_operations_and_finds_the_first_bad_value() {
        let tape = Tape::<f64>::new();
        let x = tape.leaf(Array::from_slice([1], &[-1.0]));
        let y = ops::ln(x);
        let _ = ops::exp(y);
        let names: Vec<_> = tape.nodes().map(|n| n.name).collect();
        assert_eq!(names, ["leaf", "ln", "exp"]);
        assert_eq!(tape.first_non_finite(), Some((1, "ln")));
    }
}
