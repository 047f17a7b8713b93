//! The tape: an arena of nodes, appended to by operations, walked backwards by `backward.rs`.

use crate::grads::Lists;
use crate::held::Held;
use crate::recording::Inner;
use crate::{Op, Var};
use sparring_tensor::{Array, Elem, Shape};
use std::cell::RefCell;

/// Records operations. Not `Sync`: one tape a worker.
#[derive(Debug)]
pub struct Tape<E: Elem = f32> {
    pub(crate) inner: RefCell<Inner<E>>,
    /// Working memory of the backward pass, all `None` between two passes.
    pub(crate) slots: RefCell<Slots<E>>,
    /// Lists of gradients that were dropped.
    pub(crate) lists: Lists<E>,
}

/// A gradient under way for each node.
pub(crate) type Slots<E> = Vec<Option<Array<E>>>;

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
        Self { inner: RefCell::default(), slots: RefCell::default(), lists: Lists::default() }
    }
    /// A value whose gradient is wanted.
    pub fn leaf(&self, value: Array<E>) -> Var<'_, E> {
        Var::new(self, self.inner.borrow_mut().push_leaf(value, None, true))
    }
    /// A value whose gradient nobody wants.
    pub fn constant(&self, value: Array<E>) -> Var<'_, E> {
        Var::new(self, self.inner.borrow_mut().push_leaf(value, None, false))
    }
    /// The parameter with this number: one node however often it is bound, a leaf or a constant.
    ///
    /// # Panics
    /// If the parameter was changed since it was bound to this tape: reset the tape first.
    #[track_caller]
    pub fn bind(&self, param: u64, value: &Array<E>, wants_grad: bool) -> Var<'_, E> {
        let mut inner = self.inner.borrow_mut();
        if let Some(&(_, _, id)) = inner.bound.iter().find(|b| b.0 == param && b.1 == wants_grad) {
            let same = std::ptr::eq(inner.nodes[id as usize].value.as_slice(), value.as_slice());
            assert!(
                same,
                "bind: a parameter changed while it was on the tape; reset the tape after each step"
            );
            return Var::new(self, id);
        }
        let id = inner.push_leaf(value.clone(), Some(param), wants_grad);
        inner.bound.push((param, wants_grad, id));
        Var::new(self, id)
    }
    /// Evaluates an operation and records it.
    ///
    /// # Panics
    /// If the shapes do not fit the operation.
    #[track_caller]
    pub fn apply<'t>(&'t self, op: impl Op<E>, inputs: &[Var<'t, E>]) -> Var<'t, E> {
        let value = self.evaluate(&op, inputs);
        self.record(value, op, inputs)
    }
    /// Records an operation whose value is known already.
    ///
    /// # Panics
    /// If an input lives on another tape.
    #[track_caller]
    pub fn record<'t>(&'t self, value: Array<E>, op: impl Op<E>, inputs: &[Var<'t, E>]) -> Var<'t, E> {
        for x in inputs {
            assert!(std::ptr::eq(x.tape(), self), "{}: an input lives on another tape", op.name());
        }
        let mut inner = self.inner.borrow_mut();
        let at = inner.nodes.len();
        let spare = inner.spare.get_mut(at).and_then(Option::take);
        let id = inner.push(value, Some(Held::new(op, spare)), inputs);
        Var::new(self, id)
    }
    #[track_caller]
    fn evaluate(&self, op: &dyn Op<E>, inputs: &[Var<'_, E>]) -> Array<E> {
        let inner = self.inner.borrow();
        let value = |x: &Var<'_, E>| &inner.nodes[x.id() as usize].value;
        match inputs {
            [a] => op.forward(&[value(a)]),
            [a, b] => op.forward(&[value(a), value(b)]),
            [a, b, c] => op.forward(&[value(a), value(b), value(c)]),
            more => op.forward(&more.iter().map(value).collect::<Vec<_>>()),
        }
    }
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
        if inner.nodes.is_empty() {
            // As new already; what the last recording left to spare stays.
            return;
        }
        inner.spare.clear();
        inner.spare.extend(inner.nodes.drain(..).map(|node| node.op.filter(Held::is_reusable)));
        inner.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn operations_stay_to_spare_however_a_tape_is_emptied() {
        let mut tape = Tape::<f32>::new();
        let spare = |tape: &Tape<f32>| tape.inner.borrow().spare.iter().flatten().count();
        let root = ops::scale(ops::scale(tape.leaf(Array::scalar(0.5)), 2.0), 3.0).id();
        tape.backward_and_reset(root, Array::scalar(1.0));
        let left = spare(&tape);
        tape.reset();
        assert_eq!((left, spare(&tape)), (2, 2));
    }

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
