//! Memory for bf16 numbers, in whole cache lines.

use std::cell::RefCell;

/// A cache line: 32 halves, a row of a tile.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Line([u16; 32]);

impl Line {
    pub const ZERO: Self = Self([0; 32]);
}

/// The halves of lines.
pub fn halves(lines: &[Line]) -> &[u16] {
    // SAFETY: a line is 32 halves without padding.
    unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), lines.len() * 32) }
}

/// The halves of lines, to write.
pub fn halves_mut(lines: &mut [Line]) -> &mut [u16] {
    // SAFETY: as above; the borrow goes on in the result.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), lines.len() * 32) }
}

thread_local! { static IDLE: RefCell<Vec<Vec<Line>>> = const { RefCell::new(Vec::new()) }; }

/// Scratch memory of a thread, returned to it when dropped.
#[derive(Debug)]
pub struct Lines {
    store: Vec<Line>,
    len: usize,
}

impl Lines {
    /// Unspecified contents: the caller writes what it reads.
    ///
    /// # Panics
    /// If there is no memory for so many.
    #[track_caller]
    pub fn stale(len: usize) -> Self {
        let mut store = IDLE.try_with(|s| s.borrow_mut().pop()).ok().flatten().unwrap_or_default();
        if let Some(more @ 1..) = len.checked_sub(store.len()) {
            store.try_reserve(more).unwrap_or_else(|e| panic!("{len} lines of bf16: {e}"));
            store.resize(len, Line::ZERO);
        }
        Self { store, len }
    }
    pub fn as_slice(&self) -> &[Line] {
        &self.store[..self.len]
    }
    pub fn as_mut_slice(&mut self) -> &mut [Line] {
        &mut self.store[..self.len]
    }
}

impl Clone for Lines {
    fn clone(&self) -> Self {
        let mut copy = Self::stale(self.len);
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        copy
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // At thread exit the list may be gone already: then the memory is freed.
        let _ = IDLE.try_with(|s| s.borrow_mut().push(std::mem::take(&mut self.store)));
    }
}
