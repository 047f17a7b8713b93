//! The sums of cotangents of the plain backward pass.

use sparring_tensor::{Array, Elem, Shape, broadcast, elementwise};

/// The cotangents of an operation's inputs in the plain backward pass, to which its rule adds.
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
    /// Adds `g`, which has the shape of input `i` or that with axes of extent 1 repeated: those are summed.
    pub fn add_summed(&mut self, i: usize, shape: Shape, g: &Array<E>) {
        if g.shape() == shape {
            self.join(i, || g.clone(), |sum| elementwise::add_assign(sum, g));
        } else {
            self.add(i, || broadcast::sum_to(g, shape));
        }
    }
    /// Adds to the cotangent of input `i`, if it is wanted: `more(sum)` where there is one already, else `first()` is its initial value.
    pub fn join(&mut self, i: usize, first: impl FnOnce() -> Array<E>, more: impl FnOnce(&mut Array<E>)) {
        if self.wants[i] {
            match &mut self.slots[self.inputs[i] as usize] {
                Some(sum) => more(sum),
                slot => *slot = Some(first()),
            }
        }
    }
}

fn add_into<E: Elem>(slot: &mut Option<Array<E>>, g: Array<E>) {
    match slot {
        None => *slot = Some(g),
        Some(sum) => elementwise::add_assign(sum, &g),
    }
}
