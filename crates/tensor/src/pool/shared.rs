//! The free buffers of all threads: the large ones, and the surplus of each thread.

use super::store::Store;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

/// Most bytes kept for reuse, for each type of number.
const KEEP_BYTES: usize = 1 << 30;

/// Free buffers by class, newest last.
#[derive(Debug)]
pub struct Shared<T> {
    free: Vec<Vec<Arc<Store<T>>>>,
    bytes: usize,
}

/// A type of number with such a pool.
pub(crate) trait Sharing: Copy + Debug + Default + Send + Sync + 'static {
    /// The buffers of all threads.
    fn shared() -> &'static Mutex<Shared<Self>>;
}

impl<T: Sharing> Shared<T> {
    pub(super) fn new() -> Self {
        Self { free: Vec::new(), bytes: 0 }
    }
    pub(super) fn take(&mut self, class: usize) -> Option<Arc<Store<T>>> {
        let found = self.free.get_mut(class)?.pop()?;
        self.bytes -= found.bytes();
        Some(found)
    }
    /// Frees the buffer if the pool is full.
    pub(super) fn give(&mut self, buffer: Arc<Store<T>>) {
        if self.bytes + buffer.bytes() > KEEP_BYTES {
            return;
        }
        self.bytes += buffer.bytes();
        if self.free.len() <= buffer.class() {
            self.free.resize_with(buffer.class() + 1, Vec::new);
        }
        self.free[buffer.class()].push(buffer);
    }
}
