//! An operation on the tape: in a box that the next recording uses again.

use crate::Op;
use sparring_tensor::Elem;
use std::any::Any;
use std::ops::Deref;

/// A recorded operation.
#[derive(Debug)]
pub(crate) struct Held<E: Elem> {
    op: Box<dyn Op<E>>,
    reusable: bool,
}

impl<E: Elem> Held<E> {
    /// Keeps `op`, in the box of `spare` if that holds an operation of the same kind.
    pub(crate) fn new<O: Op<E>>(op: O, spare: Option<Self>) -> Self {
        // What owns something must let go of it at the reset; what has no size costs no memory.
        let reusable = !std::mem::needs_drop::<O>() && size_of::<O>() > 0;
        if let (true, Some(mut spare)) = (reusable, spare) {
            let kind: &mut dyn Any = &mut *spare.op;
            if let Some(place) = kind.downcast_mut::<O>() {
                *place = op;
                return spare;
            }
        }
        Self { op: Box::new(op), reusable }
    }
    /// Whether its box is worth keeping: it holds plain numbers only.
    pub(crate) fn is_reusable(&self) -> bool {
        self.reusable
    }
}

impl<E: Elem> Deref for Held<E> {
    type Target = dyn Op<E>;
    fn deref(&self) -> &Self::Target {
        &*self.op
    }
}
