//! A region of tasks.

use super::role::{Guard, on_rayon, threads};
use crate::kernels::workers;
use rayon::prelude::*;

/// Calls `f(0)` to `f(tasks - 1)`, each once, and returns when all have returned.
///
/// # Panics
/// If `f` panics, with its payload; some tasks may then never have run.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// let sum = AtomicUsize::new(0);
/// sparring_tensor::team::run(10, |i| { sum.fetch_add(i, Ordering::Relaxed); });
/// assert_eq!(sum.into_inner(), 45);
/// ```
pub fn run(tasks: usize, f: impl Fn(usize) + Sync) {
    each_once(tasks, threads(), &f);
}

/// [`run`] with up to `threads` threads. Not generic: compiled once, not for every loop of every crate.
pub(crate) fn each_once(tasks: usize, threads: usize, f: &(dyn Fn(usize) + Sync)) {
    if tasks < 2 || threads < 2 {
        (0..tasks).for_each(f);
    } else if on_rayon() {
        (0..tasks).into_par_iter().with_max_len(1).for_each(f);
    } else {
        let _guard = Guard::inside();
        if !workers::run(threads, tasks, f) {
            (0..tasks).for_each(f);
        }
    }
}
