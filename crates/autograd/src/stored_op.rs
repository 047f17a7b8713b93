//! An operation on the tape: in a box that the next recording uses again.

use crate::Op;
use crate::contract::StoredOp;
use sparring_tensor::Elem;
use std::any::Any;
use std::ops::Deref;

impl<E: Elem> StoredOp<E> {
    /// Stores `op`, in the box of `recycled` if that has an operation of the same type.
    pub(crate) fn new<O: Op<E>>(op: O, recycled: Option<Self>) -> Self {
        // An operation that owns something is dropped at the reset; the box of a type without size costs no memory.
        let reusable = !std::mem::needs_drop::<O>() && size_of::<O>() > 0;
        if let (true, Some(mut recycled)) = (reusable, recycled) {
            let any: &mut dyn Any = &mut *recycled.op;
            if let Some(place) = any.downcast_mut::<O>() {
                *place = op;
                return recycled;
            }
        }
        Self { op: Box::new(op), reusable }
    }
    /// Whether its box may be used again: it owns nothing.
    pub(crate) fn is_reusable(&self) -> bool {
        self.reusable
    }
}

impl<E: Elem> Deref for StoredOp<E> {
    type Target = dyn Op<E>;
    fn deref(&self) -> &Self::Target {
        &*self.op
    }
}
