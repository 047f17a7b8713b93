//! Persistent threads for regions that last microseconds: entering one costs about a microsecond when it follows others closely.
//!
//! A region is a number of tasks, or a slice whose items are visited once each. Tasks are claimed one by one, so a slow or descheduled
//! thread leaves its share to the others; which thread runs a task is unspecified, so results must not depend on it. The threads are started on
//! first use, spin for the next region for a millisecond, then sleep.
//!
//! Inside a region, with one thread, for a single task, or while another thread is in a region, all tasks run on the caller, in
//! order. On a thread of rayon the region runs on rayon's threads: they may be busy already, and more threads would oversubscribe the cores. A
//! thread of rayon that waits steals other work: begin no region there while holding a lock that such work may take (the loops of
//! [`par`](crate::par) run on the caller there, and are safe).

pub(crate) mod region;
pub(crate) mod role;

use crate::kernels::disjoint;
pub use region::run;
pub(crate) use role::on_rayon;
pub use role::{threads, with_threads};

/// Calls `f(i, &mut items[i])` for every item, and returns when all calls have returned.
///
/// # Panics
/// As [`run`].
///
/// ```
/// let mut squares = [0; 5];
/// sparring_tensor::team::for_each_mut(&mut squares, |i, s| *s = i * i);
/// assert_eq!(squares, [0, 1, 4, 9, 16]);
/// ```
pub fn for_each_mut<T: Send>(items: &mut [T], f: impl Fn(usize, &mut T) + Sync) {
    for_each_chunk(items, 1, |i, item| f(i, &mut item[0]));
}

/// Calls `f(i, chunk)` for the `i`-th chunk of `chunk` items (the last may be shorter), and returns when all calls have returned.
///
/// # Panics
/// As [`run`], and if `chunk` is 0 and there are items.
pub fn for_each_chunk<T: Send>(items: &mut [T], chunk: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    disjoint::chunks(items, chunk, threads(), &f);
}
