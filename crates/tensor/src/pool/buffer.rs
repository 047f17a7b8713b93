//! A buffer: a number of elements of a recycled store.

use super::store::Store;
use super::{Pooled, size};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, PoisonError};

/// Elements on a 64-byte boundary in recycled memory; a clone shares them until one of the two is written.
// Private bounds: where the pools are is not for users.
#[allow(private_bounds)]
#[derive(Clone)]
pub struct Buffer<T: Pooled> {
    /// `None` only while it is being dropped.
    store: Option<Arc<Store<T>>>,
    len: usize,
}

/// Indices of pixels: recycled like the elements of arrays.
pub type Index = Buffer<u32>;

const ALIVE: &str = "a buffer has its store until it is dropped";

#[allow(private_bounds)]
impl<T: Pooled> Buffer<T> {
    /// A buffer with the contents of its former use (zeros when new): the caller writes every element.
    #[inline]
    pub fn stale(len: usize) -> Self {
        Self { store: Some(take(len)), len }
    }
    /// The numbers.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        self.store().as_slice(self.len)
    }
    /// The numbers, to write; copies first if another buffer shares them.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if !self.is_unique() {
            self.unshare();
        }
        let store = self.store.as_mut().expect(ALIVE);
        Arc::get_mut(store).expect("not shared").as_mut_slice(self.len)
    }
    /// Whether no other buffer shares the numbers, so that writing is in place.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // There are no weak references.
        Arc::strong_count(self.store()) == 1
    }
    #[inline]
    fn store(&self) -> &Arc<Store<T>> {
        self.store.as_ref().expect(ALIVE)
    }
    #[cold]
    fn unshare(&mut self) {
        let mut copy = Self::stale(self.len);
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        *self = copy;
    }
}

impl<T: Pooled> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}
impl<T: Pooled + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}
impl<T: Pooled> From<&[T]> for Buffer<T> {
    fn from(numbers: &[T]) -> Self {
        let mut new = Self::stale(numbers.len());
        new.as_mut_slice().copy_from_slice(numbers);
        new
    }
}
impl<T: Pooled> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_slice(), f)
    }
}

/// The last owner returns the store to the pool for the next buffer of its size.
impl<T: Pooled> Drop for Buffer<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            if Arc::strong_count(&store) == 1 {
                keep(store);
            } else if let Some(last) = Arc::into_inner(store) {
                // Another thread dropped it in between.
                keep(Arc::new(last));
            }
        }
    }
}

/// A store for `len` elements without another owner.
#[inline]
fn take<T: Pooled>(len: usize) -> Arc<Store<T>> {
    let class = size::class(len);
    let found = T::local().try_with(|local| local.borrow_mut().take(class)).ok().flatten();
    found.unwrap_or_else(|| take_shared(class))
}

#[cold]
fn take_shared<T: Pooled>(class: usize) -> Arc<Store<T>> {
    let found = T::shared().lock().unwrap_or_else(PoisonError::into_inner).take(class);
    found.unwrap_or_else(|| Arc::new(Store::new(class)))
}

#[inline]
fn keep<T: Pooled>(store: Arc<Store<T>>) {
    // Passed in an `Option`: if the thread is ending and its pool is gone, the store is still here.
    let mut hand = Some(store);
    let _ = T::local().try_with(|local| {
        hand = hand.take().and_then(|store| local.borrow_mut().give(store));
    });
    if let Some(store) = hand {
        give_shared(store);
    }
}

#[cold]
fn give_shared<T: Pooled>(store: Arc<Store<T>>) {
    T::shared().lock().unwrap_or_else(PoisonError::into_inner).give(store);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<T: Pooled>(buffer: &Buffer<T>) -> usize {
        buffer.as_slice().as_ptr() as usize
    }

    #[test]
    fn buffers_are_aligned_and_come_back_with_their_count() {
        let first = Buffer::<f32>::stale(100_003);
        let (at, count) = (place(&first), Arc::as_ptr(first.store()));
        assert_eq!(at % 64, 0);
        drop(first);
        let again = Buffer::<f32>::stale(100_003);
        assert_eq!((place(&again), Arc::as_ptr(again.store())), (at, count));
        assert_eq!(place(&Buffer::<f64>::stale(7)) % 64, 0);
    }

    #[test]
    fn a_shared_buffer_comes_back_once_and_is_copied_before_a_write() {
        let first = Buffer::<f64>::from(&[1.0; 50_001][..]);
        let mut second = first.clone();
        let at = place(&first);
        assert!(!second.is_unique());
        drop(first);
        let other = Buffer::<f64>::stale(50_001);
        assert_ne!(place(&other), at, "still in use");
        let third = second.clone();
        second.as_mut_slice()[0] = 2.0;
        assert_eq!((second[0], third[0], second[1]), (2.0, 1.0, 1.0));
        drop(third);
        assert_eq!(place(&Buffer::<f64>::stale(50_001)), at);
    }

    #[test]
    fn what_another_thread_drops_comes_back() {
        // A size that no other test uses: the shared pool is global.
        const LEN: usize = 70_001;
        let mine: Vec<_> = (0..20).map(|_| Buffer::<u32>::stale(LEN)).collect();
        let places: Vec<_> = mine.iter().map(place).collect();
        std::thread::spawn(move || drop(mine)).join().unwrap();
        let back: Vec<_> = (0..20).map(|_| Buffer::<u32>::stale(LEN)).collect();
        assert!(back.iter().all(|b| places.contains(&place(b))));
    }
}
