//! Work over the examples of a set or a batch.

use rayon::prelude::*;
use sparring_datasets::{BatchRows, MiniBatch};
use sparring_tensor::{par, team};
use std::ops::Range;

/// Examples of a part of a set: a measured compromise between full kernels and balanced threads.
pub(crate) const PART: usize = 64;

/// `f` with as many threads of the team as the caller has, also inside `install` of a rayon pool, where kernels by themselves use one.
pub(crate) fn on_team<R>(f: impl FnOnce() -> R) -> R {
    team::with_threads(team::threads(), f)
}

/// Writes the pixels into the batch unless they are there, on all threads.
pub(crate) fn fill(batch: &mut MiniBatch, rows: BatchRows<'_>) {
    const ROWS: usize = 16;
    if !batch.x.is_empty() {
        return;
    }
    // A conversion costs about two additions, a sampled pixel many times that.
    let cost = if rows.is_augmented() { 50 } else { 2 };
    rows.fill_by(batch, |x, dim, row| {
        let work = cost * x.len();
        par::for_each_chunk(x, ROWS * dim, work, |i, rows| {
            rows.chunks_exact_mut(dim).enumerate().for_each(|(j, x)| row(i * ROWS + j, x));
        });
    });
}

/// The parts of `n` examples.
pub(crate) fn ranges(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n.div_ceil(PART)).map(move |i| i * PART..n.min((i + 1) * PART))
}

/// `f` over the parts of `n` examples, results in order.
pub(crate) fn map_parts<R: Send>(n: usize, f: impl Fn(Range<usize>) -> R + Sync + Send) -> Vec<R> {
    let parts: Vec<_> = ranges(n).collect();
    parts.into_par_iter().map(f).collect()
}
