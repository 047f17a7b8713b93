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

use crate::kernels::{disjoint, workers};
use rayon::prelude::*;
use std::cell::Cell;

/// The role of this thread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// As many threads as rayon has.
    Free,
    /// As many as [`with_threads`] set.
    Limited(usize),
    /// In a region: no further threads.
    Inside,
}

thread_local! { static ROLE: Cell<Role> = const { Cell::new(Role::Free) }; }

/// Sets a role and takes it back when dropped.
struct Guard(Role);
impl Guard {
    fn set(role: Role) -> Self {
        Self(ROLE.replace(role))
    }
}
impl Drop for Guard {
    fn drop(&mut self) {
        ROLE.set(self.0);
    }
}

/// Threads of the team start no regions of their own.
pub(crate) fn never_again() {
    ROLE.set(Role::Inside);
}

/// How many threads a region begun here may use: what [`with_threads`] set, else [`rayon::current_num_threads`]; 1 inside a region.
#[inline]
pub fn threads() -> usize {
    match ROLE.get() {
        Role::Free => rayon::current_num_threads(),
        Role::Limited(n) => n,
        Role::Inside => 1,
    }
}

/// Calls `f` with the regions of this thread limited to `threads` threads, clamped to 1 to 64.
///
/// ```
/// use sparring_tensor::team;
/// assert_eq!(team::with_threads(3, team::threads), 3);
/// ```
pub fn with_threads<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    let role = if ROLE.get() == Role::Inside {
        Role::Inside
    } else {
        Role::Limited(threads.clamp(1, workers::MOST))
    };
    let _guard = Guard::set(role);
    f()
}

/// Whether a region begun here runs on rayon's threads.
pub(crate) fn on_rayon() -> bool {
    ROLE.get() == Role::Free && rayon::current_thread_index().is_some()
}

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
        let _guard = Guard::set(Role::Inside);
        if !workers::run(threads, tasks, f) {
            (0..tasks).for_each(f);
        }
    }
}

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
