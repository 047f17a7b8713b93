//! Gradients as values.

use crate::Var;
use crate::contract::Leaf;
use crate::lists::{Entry, Lists};
use sparring_tensor::{Array, Elem, elementwise};
use std::sync::{Arc, PoisonError};

/// Most empty lists that a tape keeps.
const KEPT: usize = 8;

/// The gradients of one backward pass; they outlive the tape's reset.
#[derive(Debug)]
pub struct Grads<E: Elem = f32> {
    /// Leaves on which the root depends, in the order of the tape; then merged ones.
    entries: Vec<Entry<E>>,
    home: Lists<E>,
}

impl<E: Elem> Grads<E> {
    /// Takes the cotangents of the leaves up to the root; every cotangent is `None` then.
    pub(crate) fn collect(
        home: &Lists<E>,
        leaves: &[Leaf],
        root: u32,
        cotangents: &mut [Option<Array<E>>],
    ) -> Self {
        let list = home.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut grads = Self { entries: list.unwrap_or_default(), home: Arc::clone(home) };
        for leaf in leaves.iter().take_while(|leaf| leaf.node <= root) {
            if let Some(grad) = cotangents[leaf.node as usize].take() {
                grads.push(leaf.node, leaf.param, grad);
            }
        }
        // A root that no leaf flows into still has its seed.
        cotangents[root as usize] = None;
        grads
    }
    fn push(&mut self, node: u32, param: Option<u64>, grad: Array<E>) {
        self.entries.push(Entry { node, param, grad: Some(grad) });
    }
    /// The gradient with respect to a leaf; `None` if the root does not depend on it.
    pub fn get(&self, x: Var<'_, E>) -> Option<&Array<E>> {
        self.leaf(x.id())
    }
    /// As [`get`](Self::get) for the leaf that had this [`id`](Var::id).
    pub fn leaf(&self, id: u32) -> Option<&Array<E>> {
        self.entries.iter().find(|e| e.node == id)?.grad.as_ref()
    }
    /// As [`get`](Self::get), by value.
    pub fn take(&mut self, x: Var<'_, E>) -> Option<Array<E>> {
        self.entries.iter_mut().find(|e| e.node == x.id())?.grad.take()
    }
    fn of(&mut self, param: u64) -> Option<&mut Entry<E>> {
        self.entries.iter_mut().find(|e| e.param == Some(param))
    }
    /// The gradient of a parameter bound under this number (see `Tape::bind`).
    pub fn param(&self, param: u64) -> Option<&Array<E>> {
        self.entries.iter().find(|e| e.param == Some(param))?.grad.as_ref()
    }
    /// As [`param`](Self::param), to change in place (clipping).
    pub fn param_mut(&mut self, param: u64) -> Option<&mut Array<E>> {
        self.of(param)?.grad.as_mut()
    }
    /// Adds the gradients of the parameters of another pass over the same network (another shard of the batch).
    pub fn merge(&mut self, other: &Self) {
        for theirs in &other.entries {
            let (Some(param), Some(g)) = (theirs.param, &theirs.grad) else { continue };
            match self.of(param) {
                Some(mine) => match &mut mine.grad {
                    Some(sum) => elementwise::add_assign(sum, g),
                    None => mine.grad = Some(g.clone()),
                },
                // This pass has no variable for it.
                None => self.push(u32::MAX, Some(param), g.clone()),
            }
        }
    }
}

impl<E: Elem> Drop for Grads<E> {
    fn drop(&mut self) {
        let mut list = std::mem::take(&mut self.entries);
        list.clear();
        let mut lists = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() < KEPT {
            lists.push(list);
        }
    }
}
