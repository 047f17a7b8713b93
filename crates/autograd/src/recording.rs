//! How a tape is written.

use crate::contract::{Leaf, Node, Recording, StoredOp};
use crate::{Op, Var};
use sparring_tensor::{Array, Elem};

impl<E: Elem> Recording<E> {
    /// Forgets everything but the recycled operations.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.edges.clear();
        self.leaves.clear();
        self.bound.clear();
    }
    /// Positions of the inputs of a node.
    pub(crate) fn inputs(&self, node: &Node<E>) -> &[u32] {
        &self.edges[node.first as usize..(node.first + node.arity) as usize]
    }
    /// The value of an operation.
    #[track_caller]
    pub(crate) fn evaluate(&self, op: &dyn Op<E>, inputs: &[Var<'_, E>]) -> Array<E> {
        let value = |x: &Var<'_, E>| &self.nodes[x.id() as usize].value;
        match inputs {
            [a] => op.forward(&[value(a)]),
            [a, b] => op.forward(&[value(a), value(b)]),
            [a, b, c] => op.forward(&[value(a), value(b), value(c)]),
            more => op.forward(&more.iter().map(value).collect::<Vec<_>>()),
        }
    }
    pub(crate) fn push(&mut self, value: Array<E>, op: Option<StoredOp<E>>, inputs: &[Var<'_, E>]) -> u32 {
        let id = self.nodes.len() as u32;
        let first = self.edges.len() as u32;
        let mut needs = false;
        for x in inputs {
            needs |= self.nodes[x.id() as usize].needs;
            self.edges.push(x.id());
        }
        self.nodes.push(Node { value, op, first, arity: inputs.len() as u32, needs });
        id
    }
    pub(crate) fn push_leaf(&mut self, value: Array<E>, param: Option<u64>, needs: bool) -> u32 {
        let node = self.push(value, None, &[]);
        if needs {
            self.nodes[node as usize].needs = true;
            self.leaves.push(Leaf { node, param });
        }
        node
    }
}
