//! The memory of a buffer.

use super::size;

/// 64-byte alignment in bytes: a cache line, a full vector register.
const ALIGN: usize = 64;
/// Number of elements from which on an allocation is first tried, so that a failure is a panic.
const LARGE: usize = 1 << 28;

/// Elements on a 64-byte boundary; the buffer knows how many are in use.
#[derive(Debug)]
pub(crate) struct Store<T> {
    numbers: Vec<T>,
    offset: usize,
    class: usize,
}

impl<T: Copy + Default> Store<T> {
    /// A store of this class, all zeros.
    ///
    /// # Panics
    /// If there is no memory for it: a caller can catch that, while a failing `vec![]` ends the process.
    #[track_caller]
    pub(super) fn new(class: usize) -> Self {
        let slack = ALIGN / size_of::<T>();
        let len = size::capacity(class).saturating_add(slack);
        let allocates = len < LARGE || Vec::<T>::new().try_reserve_exact(len).is_ok();
        assert!(allocates, "no memory for {len} numbers of {} bytes", size_of::<T>());
        let numbers = vec![T::default(); len];
        // What `align_offset` may skip at most is `slack`.
        let offset = numbers.as_ptr().align_offset(ALIGN).min(slack);
        Self { numbers, offset, class }
    }
    /// Its class.
    pub(super) fn class(&self) -> usize {
        self.class
    }
    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.numbers.len() * size_of::<T>()
    }
    /// The first `len` numbers.
    #[inline]
    pub(crate) fn as_slice(&self, len: usize) -> &[T] {
        &self.numbers[self.offset..][..len]
    }
    /// The first `len` numbers, to write.
    #[inline]
    pub(crate) fn as_mut_slice(&mut self, len: usize) -> &mut [T] {
        &mut self.numbers[self.offset..][..len]
    }
}
