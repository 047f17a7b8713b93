//! Gradients as values, and the buffers they are added up in.

use crate::Var;
use sparring_tensor::{Array, Elem, Shape, elementwise};

/// The gradients of one backward pass; they outlive the tape's reset.
#[derive(Debug)]
pub struct Grads<E: Elem = f32> {
    pub(crate) slots: Vec<Option<Array<E>>>,
    pub(crate) bound: Vec<(u64, u32)>,
}

impl<E: Elem> Grads<E> {
    /// The gradient with respect to a leaf; `None` if the root does not depend on it.
    pub fn get(&self, x: Var<'_, E>) -> Option<&Array<E>> {
        self.slots.get(x.id() as usize)?.as_ref()
    }
    /// As [`get`](Self::get), by value.
    pub fn take(&mut self, x: Var<'_, E>) -> Option<Array<E>> {
        self.slots.get_mut(x.id() as usize)?.take()
    }
    fn slot_of(&self, param: u64) -> Option<usize> {
        self.bound.iter().find(|b| b.0 == param).map(|b| b.1 as usize)
    }
    /// The gradient of a parameter bound under this number (see `Tape::bind`).
    pub fn param(&self, param: u64) -> Option<&Array<E>> {
        self.slots.get(self.slot_of(param)?)?.as_ref()
    }
    /// Adds the gradients of the parameters of another pass over the same network (another part of the batch).
    pub fn merge(&mut self, other: &Self) {
        for &(param, slot) in &other.bound {
            let Some(g) = &other.slots[slot as usize] else { continue };
            match self.slot_of(param) {
                Some(mine) => add_into(&mut self.slots[mine], g.clone()),
                None => {
                    self.bound.push((param, self.slots.len() as u32));
                    self.slots.push(Some(g.clone()));
                }
            }
        }
    }
    /// As [`param`](Self::param), to change in place (clipping).
    pub fn param_mut(&mut self, param: u64) -> Option<&mut Array<E>> {
        let slot = self.slot_of(param)?;
        self.slots.get_mut(slot)?.as_mut()
    }
}

/// Where an operation's rule adds its cotangents in the plain backward pass.
#[derive(Debug)]
pub struct Sinks<'a, E: Elem> {
    pub(crate) slots: &'a mut [Option<Array<E>>],
    pub(crate) inputs: &'a [u32],
    pub(crate) wants: &'a [bool],
}

impl<E: Elem> Sinks<'_, E> {
    /// Whether input `i` wants its cotangent.
    pub fn wants(&self, i: usize) -> bool {
        self.wants[i]
    }
    /// Adds `g()` to the cotangent of input `i` if it is wanted.
    pub fn add(&mut self, i: usize, g: impl FnOnce() -> Array<E>) {
        if self.wants[i] {
            add_into(&mut self.slots[self.inputs[i] as usize], g());
        }
    }
    /// Lets `f(out, beta)` write the cotangent of input `i` in place: `out = f + beta · out`, beta 0 the first time.
    pub fn write(&mut self, i: usize, shape: Shape, f: impl FnOnce(&mut Array<E>, E)) {
        if self.wants[i] {
            let slot = &mut self.slots[self.inputs[i] as usize];
            let beta = if slot.is_some() { E::ONE } else { E::ZERO };
            f(slot.get_or_insert_with(|| Array::stale(shape)), beta);
        }
    }
}

pub(crate) fn add_into<E: Elem>(slot: &mut Option<Array<E>>, g: Array<E>) {
    match slot {
        None => *slot = Some(g),
        Some(sum) => elementwise::add_assign(sum, &g),
    }
}
