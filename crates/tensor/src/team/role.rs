//! What a thread may start: as many threads as there are, fewer, or none inside a region.

use std::cell::Cell;

/// Most threads of one region.
pub(crate) const MOST: usize = 64;

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
pub(crate) struct Guard(Role);
impl Guard {
    fn set(role: Role) -> Self {
        Self(ROLE.replace(role))
    }
    /// In a region until dropped.
    pub(crate) fn inside() -> Self {
        Self::set(Role::Inside)
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
    let role = if ROLE.get() == Role::Inside { Role::Inside } else { Role::Limited(threads.clamp(1, MOST)) };
    let _guard = Guard::set(role);
    f()
}

/// Whether a region begun here runs on rayon's threads.
pub(crate) fn on_rayon() -> bool {
    ROLE.get() == Role::Free && rayon::current_thread_index().is_some()
}
