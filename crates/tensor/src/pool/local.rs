//! The free buffers of one thread: no lock, and likely still in its cache.

use super::shared::Sharing;
use super::size;
use super::store::Store;
use std::sync::{Arc, PoisonError};

/// Classes kept here: buffers up to 2^18 numbers. Larger ones cost far more to fill than a lock.
const CLASSES: usize = 64;
/// Bytes of a class kept here, if that is more than [`FEW`] buffers.
const BYTES: usize = 128 << 10;
/// Buffers of any class kept here.
const FEW: usize = 4;
/// Most buffers of a class.
const MANY: usize = 256;

/// Free buffers by class, newest last.
#[derive(Debug)]
pub struct Local<T: Sharing> {
    free: Vec<Vec<Arc<Store<T>>>>,
}

impl<T: Sharing> Local<T> {
    pub(super) const fn new() -> Self {
        Self { free: Vec::new() }
    }
    #[inline]
    pub(super) fn take(&mut self, class: usize) -> Option<Arc<Store<T>>> {
        self.free.get_mut(class)?.pop()
    }
    /// Returns the buffer if the list is full.
    #[inline]
    pub(super) fn give(&mut self, buffer: Arc<Store<T>>) -> Option<Arc<Store<T>>> {
        match self.free.get_mut(buffer.class()) {
            Some(list) if list.len() < list.capacity() => {
                list.push(buffer);
                None
            }
            Some(_) => Some(buffer),
            None => self.give_first(buffer),
        }
    }
    /// Allocates all lists at the first buffer, each with its final capacity, so that no later step allocates.
    #[cold]
    fn give_first(&mut self, buffer: Arc<Store<T>>) -> Option<Arc<Store<T>>> {
        if !self.free.is_empty() {
            return Some(buffer);
        }
        let most = |class| (BYTES / (size::capacity(class) * size_of::<T>())).clamp(FEW, MANY);
        self.free = (0..CLASSES).map(|class| Vec::with_capacity(most(class))).collect();
        self.give(buffer)
    }
}

/// A thread that ends gives its buffers to the shared pool.
impl<T: Sharing> Drop for Local<T> {
    fn drop(&mut self) {
        let mut shared = T::shared().lock().unwrap_or_else(PoisonError::into_inner);
        self.free.drain(..).flatten().for_each(|buffer| shared.give(buffer));
    }
}
