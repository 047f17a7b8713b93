//! Recycled buffers: a training step asks for the same sizes again and again, so a dropped buffer waits for its twin.

use crate::Elem;
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

/// Most bytes kept for reuse, for each scalar type.
const KEEP_BYTES: usize = 1 << 30;
/// 64-byte alignment in bytes: a cache line, a full vector register.
const ALIGN: usize = 64;

/// Buffers by capacity, newest first.
#[derive(Debug)]
pub struct Pool<E> {
    free: HashMap<usize, Vec<Vec<E>>>,
    bytes: usize,
}

impl<E> Pool<E> {
    /// An empty pool.
    pub(crate) fn new() -> Self {
        Self { free: HashMap::new(), bytes: 0 }
    }
    fn take(&mut self, size: usize) -> Option<Vec<E>> {
        let found = self.free.get_mut(&size)?.pop()?;
        self.bytes -= size * size_of::<E>();
        Some(found)
    }
    fn give(&mut self, store: Vec<E>) {
        let (size, bytes) = (store.len(), store.len() * size_of::<E>());
        if self.bytes + bytes <= KEEP_BYTES {
            self.bytes += bytes;
            self.free.entry(size).or_default().push(store);
        }
    }
}

/// One pool for all threads: a buffer is often dropped by another thread than the one that asked for it.
fn lock<E: Elem>() -> MutexGuard<'static, Pool<E>> {
    E::pool().lock().unwrap_or_else(PoisonError::into_inner)
}

/// `len` numbers on a 64-byte boundary.
#[derive(Debug)]
pub(crate) struct Buffer<E: Elem> {
    store: Vec<E>,
    offset: usize,
    len: usize,
}

/// What `align_offset` may skip at most.
fn slack<E>() -> usize {
    ALIGN / size_of::<E>()
}

impl<E: Elem> Buffer<E> {
    /// A buffer with whatever a former user left in it (zeros when new): the caller writes every element.
    pub(crate) fn stale(len: usize) -> Self {
        let size = len + slack::<E>();
        let store = lock::<E>().take(size).unwrap_or_else(|| vec![E::ZERO; size]);
        let offset = store.as_ptr().align_offset(ALIGN).min(slack::<E>());
        Self { store, offset, len }
    }
    pub(crate) fn as_slice(&self) -> &[E] {
        &self.store[self.offset..self.offset + self.len]
    }
    pub(crate) fn as_mut_slice(&mut self) -> &mut [E] {
        &mut self.store[self.offset..self.offset + self.len]
    }
}

impl<E: Elem> Clone for Buffer<E> {
    fn clone(&self) -> Self {
        let mut copy = Self::stale(self.len);
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        copy
    }
}

impl<E: Elem> Drop for Buffer<E> {
    fn drop(&mut self) {
        lock::<E>().give(std::mem::take(&mut self.store));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_and_come_back() {
        // A length that no other test asks for: the pool is shared.
        let first = Buffer::<f32>::stale(100_003);
        let at = first.as_slice().as_ptr();
        assert_eq!(at as usize % ALIGN, 0);
        drop(first);
        assert_eq!(Buffer::<f32>::stale(100_003).as_slice().as_ptr(), at);
        assert_eq!(Buffer::<f64>::stale(7).as_slice().as_ptr() as usize % ALIGN, 0);
    }
}
