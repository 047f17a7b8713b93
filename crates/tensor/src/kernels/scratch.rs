//! Scratch memory of a kernel: kept by its thread, so that it is in its cache and needs no lock.

use super::scalars::Kernels;

/// 64-byte alignment in bytes: a cache line, a full vector register.
const ALIGN: usize = 64;

/// `len` numbers on a 64-byte boundary, returned to the thread when dropped.
#[derive(Debug)]
pub struct Scratch<E: Kernels> {
    store: Vec<E>,
    offset: usize,
    len: usize,
}

impl<E: Kernels> Scratch<E> {
    /// Unspecified numbers: the caller writes what it reads.
    ///
    /// # Panics
    /// If there is no memory for so many.
    #[track_caller]
    pub fn stale(len: usize) -> Self {
        let slack = ALIGN / size_of::<E>();
        let mut store = E::scratch().try_with(|s| s.borrow_mut().pop()).ok().flatten().unwrap_or_default();
        let wanted = len.saturating_add(slack);
        if let Some(more @ 1..) = wanted.checked_sub(store.len()) {
            store.try_reserve(more).unwrap_or_else(|e| panic!("scratch of {len} numbers: {e}"));
            store.resize(wanted, E::NOUGHT);
        }
        let offset = store.as_ptr().align_offset(ALIGN).min(slack);
        Self { store, offset, len }
    }
    /// The numbers.
    pub fn as_mut_slice(&mut self) -> &mut [E] {
        &mut self.store[self.offset..self.offset + self.len]
    }
}

impl<E: Kernels> Drop for Scratch<E> {
    fn drop(&mut self) {
        // At thread exit the store may be gone already: then the memory is freed.
        let _ = E::scratch().try_with(|s| s.borrow_mut().push(std::mem::take(&mut self.store)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_is_aligned_comes_back_and_nests() {
        let mut first = Scratch::<f32>::stale(1000);
        let mut second = Scratch::<f32>::stale(10);
        let (a, b) = (first.as_mut_slice().as_ptr(), second.as_mut_slice().as_ptr());
        assert_eq!((a as usize % ALIGN, b as usize % ALIGN), (0, 0));
        assert_ne!(a, b);
        drop(first);
        assert_eq!(Scratch::<f32>::stale(900).as_mut_slice().as_ptr(), a);
        assert_eq!(Scratch::<f32>::stale(900).as_mut_slice().len(), 900);
    }
}
