//! The two reverse passes: values (`backward`) and variables (`grad`).

use crate::held::Held;
use crate::recording::{Inner, Node};
use crate::{Grads, Handled, Op, Saved, Sinks, Tape, Var, Vjp, ops};
use sparring_tensor::{Array, Elem};

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
        let mut slots = self.slots.take();
        if slots.len() <= top {
            slots.resize_with(top + 1, || None);
        }
        slots[top] = Some(seed);
        for (i, node) in inner.nodes[..=top].iter().enumerate().rev() {
            let Some(grad) = slots[i].take_if(|_| node.op.is_some()) else { continue };
            pull(&inner, node, &grad, path, &mut slots);
        }
        let mut grads = Grads::new(&self.lists);
        for leaf in inner.leaves.iter().take_while(|leaf| leaf.node <= root.id()) {
            if let Some(grad) = slots[leaf.node as usize].take() {
                grads.push(leaf.node, leaf.param, grad);
            }
        }
        // A root that no leaf flows into still has its seed.
        slots[top] = None;
        self.slots.replace(slots);
        grads
    }

    /// As [`backward`](Self::backward), and [`reset`](Self::reset), in one: a value goes back to the pool as soon as its
    /// rule has run, so that gradients live in the memory, still warm, of the values that nobody needs any more. The root
    /// is named by its [`id`](Var::id): no variable outlives the call. Ask the result by parameter or by the id of a leaf.
    ///
    /// # Panics
    /// If there is no such root, or the shape of the seed is not the root's.
    #[track_caller]
    pub fn backward_and_reset(&mut self, root: u32, seed: Array<E>) -> Grads<E> {
        let (inner, slots) = (self.inner.get_mut(), self.slots.get_mut());
        let top = root as usize;
        assert!(top < inner.nodes.len(), "backward: root {root} on a tape of {} values", inner.nodes.len());
        let shape = inner.nodes[top].value.shape();
        assert_eq!(shape, seed.shape(), "backward: root {shape} with a seed {}", seed.shape());
        if slots.len() <= top {
            slots.resize_with(top + 1, || None);
        }
        slots[top] = Some(seed);
        inner.spare.clear();
        inner.spare.resize_with(inner.nodes.len(), || None);
        while let Some(node) = inner.nodes.pop() {
            let i = inner.nodes.len();
            if let Some(grad) = slots.get_mut(i).and_then(|slot| slot.take_if(|_| node.op.is_some())) {
                pull(inner, &node, &grad, Path::Fast, slots);
            }
            inner.spare[i] = node.op.filter(Held::is_reusable);
        }
        let mut grads = Grads::new(&self.lists);
        for leaf in inner.leaves.iter().take_while(|leaf| leaf.node <= root) {
            if let Some(grad) = slots[leaf.node as usize].take() {
                grads.push(leaf.node, leaf.param, grad);
            }
        }
        slots[top] = None;
        inner.clear();
        grads
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
            // The rule records on this tape, so it must not be borrowed meanwhile.
            let (op, ids) = {
                let mut inner = self.inner.borrow_mut();
                let Some(op) = inner.nodes[i].op.take() else { continue };
                (op, inner.inputs(&inner.nodes[i]).to_vec())
            };
            let inputs: Vec<_> = ids.iter().map(|&id| Var::new(self, id)).collect();
            let wants: Vec<_> = ids.iter().map(|&id| on_path[id as usize]).collect();
            let at = Vjp { inputs: &inputs, output: Var::new(self, i as u32), grad, wants: &wants };
            let pulled = op.vjp(at);
            self.inner.borrow_mut().nodes[i].op = Some(op);
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

/// Adds what `grad`, the cotangent of `node`, gives to the slots of its inputs.
fn pull<E: Elem>(
    inner: &Inner<E>,
    node: &Node<E>,
    grad: &Array<E>,
    path: Path,
    slots: &mut [Option<Array<E>>],
) {
    let Some(op) = node.op.as_ref().filter(|_| node.needs) else { return };
    let inputs = inner.inputs(node);
    let value = |id: u32| &inner.nodes[id as usize].value;
    let wants = |id: u32| inner.nodes[id as usize].needs;
    let mut pull = |values: &[&Array<E>], wants: &[bool]| {
        let at = Saved { inputs: values, output: &node.value, grad };
        pull_back(&**op, at, path, &mut Sinks { slots, inputs, wants });
    };
    match *inputs {
        [a] => pull(&[value(a)], &[wants(a)]),
        [a, b] => pull(&[value(a), value(b)], &[wants(a), wants(b)]),
        [a, b, c] => pull(&[value(a), value(b), value(c)], &[wants(a), wants(b), wants(c)]),
        _ => {
            let values: Vec<_> = inputs.iter().map(|&id| value(id)).collect();
            let wants: Vec<_> = inputs.iter().map(|&id| wants(id)).collect();
            pull(&values, &wants);
        }
    }
}

/// Adds the cotangents of the inputs to `sinks`, by `accumulate` or, evaluated on a tape of its own, by `vjp`.
fn pull_back<E: Elem>(op: &dyn Op<E>, at: Saved<'_, E>, path: Path, sinks: &mut Sinks<'_, E>) {
    if path == Path::Fast && op.accumulate(at, sinks) == Handled::Yes {
        return;
    }
    let scratch = Tape::new();
    let xs: Vec<_> = at.inputs.iter().map(|&v| scratch.constant(v.clone())).collect();
    let output = scratch.constant(at.output.clone());
    let grad = scratch.constant(at.grad.clone());
    let cotangents = op.vjp(Vjp { inputs: &xs, output, grad, wants: sinks.wants });
    debug_assert_eq!(cotangents.len(), xs.len(), "{}: one cotangent an input", op.name());
    for (k, g) in cotangents.into_iter().enumerate() {
        if let Some(g) = g {
            sinks.add(k, || g.value());
        }
    }
}
