//! What is on a tape.

use crate::Var;
use crate::held::Held;
use sparring_tensor::{Array, Elem};

/// One recorded value.
#[derive(Debug)]
pub(crate) struct Node<E: Elem> {
    pub(crate) value: Array<E>,
    /// `None` for leaves and constants, and while the rule of the operation runs.
    pub(crate) op: Option<Held<E>>,
    /// First edge and number of edges in [`Inner::edges`].
    pub(crate) first: u32,
    pub(crate) arity: u32,
    pub(crate) needs: bool,
}

/// A value whose gradient is wanted, and the parameter it is, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub(crate) node: u32,
    pub(crate) param: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Inner<E: Elem> {
    pub(crate) nodes: Vec<Node<E>>,
    pub(crate) edges: Vec<u32>,
    /// In the order of the nodes.
    pub(crate) leaves: Vec<Leaf>,
    /// (parameter, wants a gradient, node).
    pub(crate) bound: Vec<(u64, bool, u32)>,
    /// Operations of the recording before the last reset, by position: where the same kind of operation comes again, as
    /// it does step after step, it moves into the same box.
    pub(crate) spare: Vec<Option<Held<E>>>,
}

impl<E: Elem> Default for Inner<E> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            edges: Vec::new(),
            leaves: Vec::new(),
            bound: Vec::new(),
            spare: Vec::new(),
        }
    }
}

impl<E: Elem> Inner<E> {
    /// Forgets everything but the spare operations.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.edges.clear();
        self.leaves.clear();
        self.bound.clear();
    }
    pub(crate) fn inputs(&self, node: &Node<E>) -> &[u32] {
        &self.edges[node.first as usize..(node.first + node.arity) as usize]
    }
    pub(crate) fn push(&mut self, value: Array<E>, op: Option<Held<E>>, inputs: &[Var<'_, E>]) -> u32 {
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
