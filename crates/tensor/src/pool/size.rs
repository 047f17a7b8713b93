//! Sizes in steps of a quarter of a power of two, so that lengths that differ little share buffers.

/// Smallest capacity of a class.
const LEAST: usize = 16;
/// `LEAST - 1` lies between 2^BASE and 2^(BASE+1).
const BASE: usize = 3;

/// The smallest class whose [`capacity`] is at least `len`.
#[inline]
pub(super) fn class(len: usize) -> usize {
    let last = len.max(LEAST) - 1;
    let top = last.ilog2() as usize;
    (top - BASE) * 4 + ((last >> (top - 2)) & 3)
}

/// Numbers that a buffer of this class holds; `usize::MAX` for a class beyond memory.
pub(super) fn capacity(class: usize) -> usize {
    let (top, quarter) = (class / 4 + BASE, class % 4);
    (5 + quarter).saturating_mul(1 << (top - 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_its_lengths_with_little_waste() {
        for len in (0..5000).chain([1 << 20, (1 << 20) + 1, (1 << 40) - 1, usize::MAX]) {
            let c = class(len);
            assert!(capacity(c) >= len, "{len}");
            assert!(c == class(0) || capacity(c - 1) < len, "{len}: the class below would do");
            assert!(capacity(c) <= LEAST.max(len.saturating_add(len / 4 + 1)), "{len}: {}", capacity(c));
        }
    }
}
