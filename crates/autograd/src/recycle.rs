//! Memory from step to step: a training records the same operations again and again, so a tape that is reset gives the buffers
//! of its values back to the pool of `sparring-tensor` and keeps the boxes of its operations, each for the same position.

use crate::contract::{Recording, StoredOp};
use crate::pullback::pull_back;
use crate::{Grads, Op, Path, Tape, Var};
use sparring_tensor::{Array, Elem};

impl<E: Elem> Recording<E> {
    /// The box of the operation that stood at the end of the tape in the last recording.
    fn recycled_op(&mut self) -> Option<StoredOp<E>> {
        let at = self.nodes.len();
        self.recycled.get_mut(at).and_then(Option::take)
    }
}

impl<E: Elem> Tape<E> {
    /// Records an operation whose value is known already.
    ///
    /// # Panics
    /// If an input lives on another tape.
    #[track_caller]
    pub fn record<'t>(&'t self, value: Array<E>, op: impl Op<E>, inputs: &[Var<'t, E>]) -> Var<'t, E> {
        for x in inputs {
            assert!(std::ptr::eq(x.tape(), self), "{}: an input lives on another tape", op.name());
        }
        let mut recording = self.recording.borrow_mut();
        let recycled = recording.recycled_op();
        let id = recording.push(value, Some(StoredOp::new(op, recycled)), inputs);
        Var::new(self, id)
    }

    /// Forgets everything; buffers go back to the pool, capacity stays.
    pub fn reset(&mut self) {
        let recording = self.recording.get_mut();
        if recording.nodes.is_empty() {
            // Empty already: keep the operations of the last recording.
            return;
        }
        recording.recycled.clear();
        let ops = recording.nodes.drain(..).map(|node| node.op.filter(StoredOp::is_reusable));
        recording.recycled.extend(ops);
        recording.clear();
    }

    /// As [`backward`](Self::backward), and [`reset`](Self::reset), in one: a value goes back to the pool as soon as its
    /// rule has run, so that cotangents are written to memory that is still in the cache. The root is named by its
    /// [`id`](Var::id): no variable outlives the call. Ask the result by parameter or by the id of a leaf.
    ///
    /// # Panics
    /// If there is no such root, or the shape of the seed is not the root's.
    #[track_caller]
    pub fn backward_and_reset(&mut self, root: u32, seed: Array<E>) -> Grads<E> {
        let (recording, cotangents) = (self.recording.get_mut(), self.cotangents.get_mut());
        let (top, count) = (root as usize, recording.nodes.len());
        assert!(top < count, "backward: root {root} on a tape of {count} values");
        let shape = recording.nodes[top].value.shape();
        assert_eq!(shape, seed.shape(), "backward: root {shape} with a seed {}", seed.shape());
        cotangents.resize_with(cotangents.len().max(top + 1), || None);
        cotangents[top] = Some(seed);
        recording.recycled.clear();
        recording.recycled.resize_with(count, || None);
        while let Some(node) = recording.nodes.pop() {
            let i = recording.nodes.len();
            let cotangent = cotangents.get_mut(i).and_then(|slot| slot.take_if(|_| node.op.is_some()));
            if let Some(cotangent) = cotangent {
                pull_back(recording, &node, &cotangent, Path::Fast, cotangents);
            }
            recording.recycled[i] = node.op.filter(StoredOp::is_reusable);
        }
        let grads = Grads::collect(&self.lists, &recording.leaves, root, cotangents);
        recording.clear();
        grads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn operations_are_recycled_however_a_tape_is_emptied() {
        let mut tape = Tape::<f32>::new();
        let recycled = |tape: &Tape<f32>| tape.recording.borrow().recycled.iter().flatten().count();
        let root = ops::scale(ops::scale(tape.leaf(Array::scalar(0.5)), 2.0), 3.0).id();
        tape.backward_and_reset(root, Array::scalar(1.0));
        let left = recycled(&tape);
        tape.reset();
        assert_eq!((left, recycled(&tape)), (2, 2));
    }
}
