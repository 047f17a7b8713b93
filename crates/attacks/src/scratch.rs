//! Working memory of an attack: kept by its thread, so that a defence that attacks at every step allocates nothing.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Buffers that a thread keeps at most.
const MOST: usize = 16;

thread_local! { static IDLE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) }; }

/// Numbers of a cache line. Buffers begin on one, so that no vector crosses two.
const LINE: usize = 16;

/// Numbers that go back to their thread when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    store: Vec<f32>,
    from: usize,
    len: usize,
}

impl Scratch {
    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        let idle = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            let at = idle.iter().position(|b| b.capacity() >= len + LINE);
            at.map(|at| idle.swap_remove(at)).or_else(|| idle.pop())
        });
        let mut store = idle.ok().flatten().unwrap_or_default();
        store.clear();
        store.resize(len + LINE, 0.0);
        let from = store.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE);
        Self { store, from, len }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // At the end of a thread its list may be gone already: then the memory is simply freed.
        let _ = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            if idle.len() < MOST {
                idle.push(std::mem::take(&mut self.store));
            }
        });
    }
}

impl Deref for Scratch {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        &self.store[self.from..self.from + self.len]
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.store[self.from..self.from + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_of_what_was_in_it() {
        let mut first = Scratch::zeros(100);
        let second = Scratch::zeros(100);
        first.fill(3.0);
        let at = first.as_ptr();
        assert_ne!(at, second.as_ptr());
        assert_eq!([at as usize % 64, second.as_ptr() as usize % 64], [0, 0]);
        drop(first);
        let again = Scratch::zeros(90);
        assert_eq!((again.as_ptr(), again.iter().sum::<f32>(), again.len()), (at, 0.0, 90));
    }
}
