//! The two reverse passes: values (`backward`) and variables (`grad`).

use crate::{Grads, Handled, Saved, Sinks, Tape, Var, Vjp, ops};
use sparring_tensor::{Array, Elem};
use std::sync::Arc;

/// Which rule the plain backward pass uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// `accumulate` where an operation has one.
    Fast,
    /// Always `vjp`, the definition: the witness in tests.
    Definition,
}

impl<E: Elem> Tape<E> {
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
        let inner = self.inner.borrow();
        let top = root.id() as usize;
        let mut slots: Vec<Option<Array<E>>> = vec![None; top + 1];
        slots[top] = Some(seed);
        for i in (0..=top).rev() {
            let node = &inner.nodes[i];
            let Some(op) = node.op.as_ref().filter(|_| node.needs) else { continue };
            let Some(grad) = slots[i].take() else { continue };
            let inputs = inner.inputs(node);
            let mut wants = [false; 8];
            let many: Vec<bool>;
            let wants = if inputs.len() <= wants.len() {
                for (w, &id) in wants.iter_mut().zip(inputs) {
                    *w = inner.nodes[id as usize].needs;
                }
                &wants[..inputs.len()]
            } else {
                many = inputs.iter().map(|&id| inner.nodes[id as usize].needs).collect();
                &many
            };
            let values: Vec<&Array<E>> = inputs.iter().map(|&id| &inner.nodes[id as usize].value).collect();
            let at = Saved { inputs: &values, output: &node.value, grad: &grad };
            let mut sinks = Sinks { slots: &mut slots, inputs, wants };
            if path == Path::Fast && op.accumulate(at, &mut sinks) == Handled::Yes {
                continue;
            }
            let scratch = Self::new();
            let xs: Vec<_> = values.iter().map(|&v| scratch.constant(v.clone())).collect();
            let output = scratch.constant(node.value.clone());
            let grad = scratch.constant(grad.clone());
            let cotangents = op.vjp(Vjp { inputs: &xs, output, grad, wants });
            debug_assert_eq!(cotangents.len(), inputs.len(), "{}: one cotangent an input", op.name());
            for (k, g) in cotangents.into_iter().enumerate() {
                if let Some(g) = g {
                    sinks.add(k, || g.value());
                }
            }
        }
        let bound = inner.bound.iter().filter(|b| b.1 && b.2 <= root.id()).map(|b| (b.0, b.2)).collect();
        Grads { slots, bound }
    }

    /// Gradients of the sum of `root` with respect to `wrt`, recorded: they can be differentiated again. Zero where
    /// `root` does not depend on a variable.
    pub fn grad<'t>(&'t self, root: Var<'t, E>, wrt: &[Var<'t, E>]) -> Vec<Var<'t, E>> {
        self.grad_with(root, self.constant(Array::ones(root.shape())), wrt)
    }

    /// Gradients of ⟨seed, root⟩, recorded.
    ///
    /// # Panics
    /// If the shape of the seed is not the root's.
    #[track_caller]
    pub fn grad_with<'t>(
        &'t self,
        root: Var<'t, E>,
        seed: Var<'t, E>,
        wrt: &[Var<'t, E>],
    ) -> Vec<Var<'t, E>> {
        assert_eq!(root.shape(), seed.shape(), "grad: root {} with a seed {}", root.shape(), seed.shape());
        let top = root.id() as usize;
        // Only nodes between `wrt` and `root` are walked.
        let mut on_path = vec![false; top + 1];
        for x in wrt.iter().filter(|x| x.id() as usize <= top) {
            on_path[x.id() as usize] = true;
        }
        let mut cotangents: Vec<Option<Var<'t, E>>> = vec![None; top + 1];
        {
            let inner = self.inner.borrow();
            for i in 0..=top {
                on_path[i] |= inner.inputs(&inner.nodes[i]).iter().any(|&id| on_path[id as usize]);
            }
        }
        cotangents[top] = Some(seed);
        for i in (0..=top).rev() {
            let Some(grad) = cotangents[i].filter(|_| on_path[i]) else { continue };
            let (op, ids) = {
                let inner = self.inner.borrow();
                let node = &inner.nodes[i];
                let Some(op) = &node.op else { continue };
                (Arc::clone(op), inner.inputs(node).to_vec())
            };
            let inputs: Vec<_> = ids.iter().map(|&id| Var::new(self, id)).collect();
            let wants: Vec<_> = ids.iter().map(|&id| on_path[id as usize]).collect();
            let at = Vjp { inputs: &inputs, output: Var::new(self, i as u32), grad, wants: &wants };
            for (g, &id) in op.vjp(at).into_iter().zip(&ids) {
                if let (Some(g), true) = (g, on_path[id as usize]) {
                    let slot = &mut cotangents[id as usize];
                    *slot = Some(slot.map_or(g, |sum| ops::add(sum, g)));
                }
            }
        }
        wrt.iter()
            .map(|x| {
                let found = cotangents.get(x.id() as usize).copied().flatten();
                found.unwrap_or_else(|| self.constant(Array::zeros(x.shape())))
            })
            .collect()
    }
}
