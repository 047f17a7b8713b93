//! Parallel loops: they split the output, so that the number of threads never changes a bit.

use crate::kernels::disjoint;
use crate::team;

/// Simple element operations (an addition read from and written to memory) below which a parallel region of the [`team`] costs more
/// than it brings: measured, 16 k take 1.5 us on one thread and 2.0 on two, 32 k 3.1 and 2.7 (`examples/region_cost.rs`).
pub const PARALLEL_ELEMENTS: usize = 32 << 10;
/// Multiply-adds inside a matrix kernel that take as long as one simple element operation.
pub const MUL_ADDS_PER_ELEMENT: usize = 16;

/// Calls `f(i, chunk)` for the `i`-th chunk of `chunk` numbers of `out` (the last may be shorter). `work` is the whole loop's cost in
/// simple element operations; from [`PARALLEL_ELEMENTS`] on the chunks go over the [`team`], below one after the other here.
///
/// # Panics
/// If `chunk` is 0 and `out` is not empty.
pub fn for_each_chunk<E: Send>(
    out: &mut [E],
    chunk: usize,
    work: usize,
    f: impl Fn(usize, &mut [E]) + Sync + Send,
) {
    disjoint::chunks(out, chunk, threads(work), &f);
}

/// How many threads a loop of this cost may use. On a thread of rayon, 1: the other threads have coarser work; and while it waited for them it
/// could steal other work, which may need a lock that this thread holds (a `OnceLock` that this loop initialises).
pub fn threads(work: usize) -> usize {
    if work < PARALLEL_ELEMENTS || team::on_rayon() { 1 } else { team::threads() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_is_visited_once() {
        for work in [0, PARALLEL_ELEMENTS] {
            let mut out = vec![0usize; 1003];
            for_each_chunk(&mut out, 10, work, |i, c| c.iter_mut().for_each(|v| *v += i + 1));
            assert!(out.iter().enumerate().all(|(i, &v)| v == i / 10 + 1));
        }
        for_each_chunk(&mut [0u8; 0], 0, 1 << 30, |_, _| unreachable!());
    }
}
