//! The recorded backward pass: gradients as variables of the same tape, which can be differentiated again.

use crate::{Tape, Var, Vjp, ops};
use sparring_tensor::{Array, Elem};

impl<E: Elem> Tape<E> {
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
            let recording = self.recording.borrow();
            for i in 0..=top {
                on_path[i] |= recording.inputs(&recording.nodes[i]).iter().any(|&id| on_path[id as usize]);
            }
        }
        cotangents[top] = Some(seed);
        for i in (0..=top).rev() {
            let Some(grad) = cotangents[i].filter(|_| on_path[i]) else { continue };
            // The rule records on this tape, so it must not be borrowed meanwhile.
            let (op, ids) = {
                let mut recording = self.recording.borrow_mut();
                let Some(op) = recording.nodes[i].op.take() else { continue };
                (op, recording.inputs(&recording.nodes[i]).to_vec())
            };
            let inputs: Vec<_> = ids.iter().map(|&id| Var::new(self, id)).collect();
            let wants: Vec<_> = ids.iter().map(|&id| on_path[id as usize]).collect();
            let at = Vjp { inputs: &inputs, output: Var::new(self, i as u32), grad, wants: &wants };
            let pulled = op.vjp(at);
            self.recording.borrow_mut().nodes[i].op = Some(op);
            for (g, &id) in pulled.into_iter().zip(&ids) {
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
