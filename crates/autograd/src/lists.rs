//! Lists of gradients that are filled again.

use sparring_tensor::{Array, Elem};
use std::sync::{Arc, Mutex};

/// The gradient of one leaf.
#[derive(Debug)]
pub(crate) struct Entry<E: Elem> {
    pub(crate) node: u32,
    pub(crate) param: Option<u64>,
    /// `None` once taken.
    pub(crate) grad: Option<Array<E>>,
}

/// Empty lists of gradients, to be filled again: owned by a tape, returned by [`Grads`](crate::Grads) when it is dropped.
pub(crate) type Lists<E> = Arc<Mutex<Vec<Vec<Entry<E>>>>>;
