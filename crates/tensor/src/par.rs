//! Work over threads: loops split the output, so that thread counts never change a bit.

use rayon::prelude::*;

/// Simple element operations (an addition read from and written to memory) below which a parallel region costs more than it
/// brings: entering one costs about 8 us from outside the pool.
pub const PARALLEL_ELEMENTS: usize = 64 << 10;
/// Multiply-adds inside a matrix kernel that take as long as one simple element operation.
pub(crate) const MUL_ADDS_PER_ELEMENT: usize = 16;

/// Calls `f(i, chunk)` for the `i`-th chunk of `chunk` numbers of `out` (the last may be shorter). `work` is the whole loop's cost in
/// simple element operations; from [`PARALLEL_ELEMENTS`] on the chunks run on rayon's threads, below one after the other here.
///
/// # Panics
/// If `chunk` is 0 and `out` is not empty.
pub fn for_each_chunk<E: Send>(
    out: &mut [E],
    chunk: usize,
    work: usize,
    f: impl Fn(usize, &mut [E]) + Sync + Send,
) {
    if out.is_empty() {
        return;
    }
    if threads(work) == 1 || out.len() <= chunk {
        out.chunks_mut(chunk).enumerate().for_each(|(i, c)| f(i, c));
    } else {
        out.par_chunks_mut(chunk).enumerate().for_each(|(i, c)| f(i, c));
    }
}

/// How many threads a loop of this cost may use.
pub fn threads(work: usize) -> usize {
    if work < PARALLEL_ELEMENTS { 1 } else { rayon::current_num_threads() }
}

/// Calls `f(0)` to `f(count - 1)` on rayon's threads.
pub(crate) fn tasks(count: usize, f: impl Fn(usize) + Sync + Send) {
    (0..count).into_par_iter().with_max_len(1).for_each(f);
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
