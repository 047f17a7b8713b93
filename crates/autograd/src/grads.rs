//! Gradients as values.

use crate::Var;
use sparring_tensor::{Array, Elem, elementwise};
use std::sync::{Arc, Mutex, PoisonError};

/// The gradient of one leaf.
#[derive(Debug)]
pub(crate) struct Entry<E: Elem> {
    pub(crate) node: u32,
    pub(crate) param: Option<u64>,
    /// `None` once taken.
    pub(crate) grad: Option<Array<E>>,
}

/// Lists of gradients to use again: a tape's own, given back by [`Grads`] wherever that is dropped.
pub(crate) type Lists<E> = Arc<Mutex<Vec<Vec<Entry<E>>>>>;

/// Most lists that wait on a tape.
const SPARE: usize = 8;

/// The gradients of one backward pass; they outlive the tape's reset.
#[derive(Debug)]
pub struct Grads<E: Elem = f32> {
    /// Leaves on which the root depends, in the order of the tape; merged ones at the end.
    entries: Vec<Entry<E>>,
    home: Lists<E>,
}

impl<E: Elem> Grads<E> {
    pub(crate) fn new(home: &Lists<E>) -> Self {
        let spare = home.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { entries: spare.unwrap_or_default(), home: Arc::clone(home) }
    }
    pub(crate) fn push(&mut self, node: u32, param: Option<u64>, grad: Array<E>) {
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
    /// Adds the gradients of the parameters of another pass over the same network (another part of the batch).
    pub fn merge(&mut self, other: &Self) {
        for theirs in &other.entries {
            let (Some(param), Some(g)) = (theirs.param, &theirs.grad) else { continue };
            match self.of(param) {
                Some(mine) => match &mut mine.grad {
                    Some(sum) => elementwise::add_assign(sum, g),
                    None => mine.grad = Some(g.clone()),
                },
                // No variable of this pass stands for it.
                None => self.push(u32::MAX, Some(param), g.clone()),
            }
        }
    }
}

impl<E: Elem> Drop for Grads<E> {
    fn drop(&mut self) {
        let mut list = std::mem::take(&mut self.entries);
        list.clear();
        let mut spare = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE {
            spare.push(list);
        }
    }
}
