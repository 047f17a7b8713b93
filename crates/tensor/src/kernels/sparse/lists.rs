//! Lists of the nonzero values of a slice and their offsets.

use super::table::Sparse;
use crate::kernels::Kernels;
use std::ops::Range;

/// The lists of one image.
#[derive(Debug)]
pub struct Lists<E> {
    /// The values that are not 0, group by group.
    pub nonzeros: Nonzeros<E>,
    /// The offsets of the values of a group.
    pub offsets: Offsets,
    /// Where each group ends.
    pub ends: Vec<usize>,
}

impl<E: Kernels> Lists<E> {
    pub(super) const fn new() -> Self {
        let nonzeros = Nonzeros { values: Vec::new(), offsets: Vec::new(), len: 0, bound: 0 };
        Self { nonzeros, offsets: Offsets(Vec::new(), 0), ends: Vec::new() }
    }
    /// Reserves space for `len` values: later lists of this length do not allocate.
    pub fn reserve(&mut self, len: usize) {
        self.nonzeros.reserve(len);
    }
    /// Lists the nonzero values in each of the `groups` of as many values as there are offsets, in order. False, and no list, if there are more than
    /// `most`.
    pub fn fill(&mut self, kernels: &Sparse<E>, values: &[E], most: usize) -> bool {
        let group = self.offsets.0.len();
        self.nonzeros.clear(values.len(), self.offsets.1);
        self.ends.clear();
        for group in values.chunks_exact(group.max(1)) {
            self.nonzeros.extend(kernels, group, &self.offsets);
            if self.nonzeros.len > most {
                return false;
            }
            self.ends.push(self.nonzeros.len);
        }
        true
    }
    /// The entries of group `g`.
    pub fn group(&self, g: usize) -> Range<usize> {
        g.checked_sub(1).map_or(0, |g| self.ends[g])..self.ends[g]
    }
}

/// Values and their offsets into the operand that they multiply. Reused, so that nothing is allocated.
#[derive(Debug)]
pub struct Nonzeros<E> {
    pub(super) values: Vec<E>,
    pub(super) offsets: Vec<u32>,
    pub(super) len: usize,
    /// No offset is larger.
    pub(super) bound: u32,
}

impl<E: Kernels> Nonzeros<E> {
    fn reserve(&mut self, len: usize) {
        // One register more: whole registers are written where only some lanes count.
        let len = len.saturating_add(16);
        if self.values.len() < len {
            // The offsets first: there are at least as many as values, also if the second allocation fails.
            self.offsets.resize(len, 0);
            self.values.resize(len, E::NOUGHT);
        }
    }
    /// Clears the list and reserves space for `len` values with offsets up to `bound`.
    fn clear(&mut self, len: usize, bound: u32) {
        self.reserve(len);
        (self.len, self.bound) = (0, bound);
    }
    /// Adds those of `values` that are not 0 with the offsets beside them.
    ///
    /// # Panics
    /// If the lengths differ, the capacity is exceeded or an offset is beyond the bound.
    fn extend(&mut self, kernels: &Sparse<E>, values: &[E], offsets: &Offsets) {
        let n = values.len();
        let free = self.values.len().min(self.offsets.len()).saturating_sub(self.len);
        assert!(
            n == offsets.0.len() && free.checked_sub(16).is_some_and(|r| n <= r),
            "nonzeros: no capacity for {n}"
        );
        assert!(offsets.1 <= self.bound, "nonzeros: offset beyond {}", self.bound);
        let (to, at) = (self.values[self.len..].as_mut_ptr(), self.offsets[self.len..].as_mut_ptr());
        // SAFETY: n values and offsets are readable, the capacity is n and a register more, `sparse` checked the CPU.
        self.len += unsafe { (kernels.compact)(n, values.as_ptr(), offsets.0.as_ptr(), to, at) };
    }
}

/// Offsets and the largest of them.
#[derive(Debug, Default)]
pub struct Offsets(Vec<u32>, u32);

impl Offsets {
    /// Replaces the offsets.
    pub fn set(&mut self, offsets: impl Iterator<Item = u32>) {
        self.0.clear();
        self.0.extend(offsets);
        self.1 = self.0.iter().copied().max().unwrap_or(0);
    }
}
