//! The tape: reverse-mode differentiation in one file.
//!
//! The forward pass appends one node for each operation: its value, the operation, and the positions of its inputs. Inputs come
//! before outputs. So a walk from the root back to the first node meets each node after every node that uses it: by then its
//! cotangent ∂root/∂node is the complete sum, and the operation's rule adds its share to the cotangents of the inputs.
//!
//! ```text
//! node       0: x (leaf)     1: x * x     2: exp(1)     3: 1 + 2 (root)
//! forward    3               9            e⁹            9 + e⁹
//! cotangent  2x (1 + e⁹)     1 + e⁹       1             1                 ← filled from the right
//! ```
//!
//! `contract.rs` says what a tape, a variable and an operation are; `pullback.rs` calls one rule; `grad.rs` records the backward pass, so that it can be
//! differentiated again; `bind.rs` puts parameters on the tape; `recycle.rs` reuses memory from step to step; `inspect.rs` looks at the nodes from outside.

use crate::pullback::pull_back;
use crate::{Grads, Op, Path, Tape, Var};
use sparring_tensor::{Array, Elem};

impl<E: Elem> Tape<E> {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }
    /// A value whose gradient is wanted.
    pub fn leaf(&self, value: Array<E>) -> Var<'_, E> {
        Var::new(self, self.recording.borrow_mut().push_leaf(value, None, true))
    }
    /// A value whose gradient is not wanted.
    pub fn constant(&self, value: Array<E>) -> Var<'_, E> {
        Var::new(self, self.recording.borrow_mut().push_leaf(value, None, false))
    }
    /// Evaluates an operation and records it.
    ///
    /// # Panics
    /// If the shapes do not fit the operation, or an input lives on another tape.
    #[track_caller]
    pub fn apply<'t>(&'t self, op: impl Op<E>, inputs: &[Var<'t, E>]) -> Var<'t, E> {
        let value = self.recording.borrow().evaluate(&op, inputs);
        self.record(value, op, inputs)
    }
    /// Gradients of ⟨seed, root⟩ with respect to every leaf, as values.
    ///
    /// # Panics
    /// If the shape of the seed is not the root's.
    #[track_caller]
    pub fn backward(&self, root: Var<'_, E>, seed: Array<E>) -> Grads<E> {
        self.backward_by(root, seed, Path::Fast)
    }
    /// As [`backward`](Self::backward), by the rule of your choice.
    ///
    /// # Panics
    /// If the shape of the seed is not the root's.
    #[track_caller]
    pub fn backward_by(&self, root: Var<'_, E>, seed: Array<E>, path: Path) -> Grads<E> {
        assert_eq!(
            root.shape(),
            seed.shape(),
            "backward: root {} with a seed {}",
            root.shape(),
            seed.shape()
        );
        let recording = self.recording.borrow();
        let mut cotangents = self.cotangents.take();
        let nodes = &recording.nodes[..=root.id() as usize];
        cotangents.resize_with(nodes.len().max(cotangents.len()), || None);
        cotangents[nodes.len() - 1] = Some(seed);
        for (i, node) in nodes.iter().enumerate().rev() {
            if let Some(cotangent) = cotangents[i].take_if(|_| node.op.is_some()) {
                pull_back(&recording, node, &cotangent, path, &mut cotangents);
            }
        }
        let grads = Grads::collect(&self.lists, &recording.leaves, root.id(), &mut cotangents);
        self.cotangents.replace(cotangents);
        grads
    }
}
