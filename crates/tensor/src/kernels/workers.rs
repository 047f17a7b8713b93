//! The worker threads of [`team`](crate::team): they wait for a region, share its tasks with its caller, and wait again.
//!
//! One atomic word is the state of the region: `epoch | open | active`. Open is how many threads may still join, active how many have joined
//! and not left. A thread joins only while `open` is above 0, so the caller never waits for one that sleeps or was descheduled.

use super::backoff::Backoff;
use crate::team::role::{self, MOST};
use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::{self, Thread};

const ACTIVE: u64 = 1;
const OPEN: u64 = 1 << 16;
const OPEN_MASK: u64 = 0xffff << 16;
const ACTIVE_MASK: u64 = 0xffff;
const EPOCH: u64 = 1 << 32;

/// A value alone on its cache lines (the prefetcher fetches them in pairs).
#[repr(align(128))]
struct Alone<T>(T);

/// What a region does; the lifetime of `f` is erased.
#[derive(Clone, Copy)]
struct Job {
    f: *const (dyn Fn(usize) + Sync),
    tasks: usize,
    threads: usize,
}

/// What the caller of a region and the threads that join it share.
struct Region {
    state: Alone<AtomicU64>,
    /// The next task of each share; see [`Region::work`].
    next: [Alone<AtomicUsize>; MOST],
    job: UnsafeCell<Option<Job>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}
// SAFETY: `job` is written only by the holder of the lock of all workers while `open` and `active` are 0, and read only
// by threads that have joined since; `f` itself is `Sync`.
unsafe impl Sync for Region {}

/// A worker thread.
struct Hand {
    thread: Thread,
    asleep: Arc<AtomicBool>,
}

/// All workers; the holder of the lock runs its region on them.
static HANDS: Mutex<Vec<Hand>> = Mutex::new(Vec::new());
static REGION: Region = Region {
    state: Alone(AtomicU64::new(0)),
    next: [const { Alone(AtomicUsize::new(0)) }; MOST],
    job: UnsafeCell::new(None),
    panic: Mutex::new(None),
};

/// Calls `f(0)` to `f(tasks − 1)` on up to `threads` threads, this one among them, and returns when all have returned. `false`: another
/// caller has the workers, and nothing was done.
///
/// A panic in `f` is propagated once all threads have left; some tasks may then never have run.
pub fn run(threads: usize, tasks: usize, f: &(dyn Fn(usize) + Sync)) -> bool {
    let mut hands = match HANDS.try_lock() {
        Ok(hands) => hands,
        // Panics of `f` are caught below, so this can only stem from a failure to start a thread: the list is sound.
        Err(TryLockError::Poisoned(hands)) => hands.into_inner(),
        Err(TryLockError::WouldBlock) => return false,
    };
    let threads = threads.min(tasks).min(MOST);
    while hands.len() + 1 < threads && enlist(&mut hands) {}
    let threads = threads.min(hands.len() + 1);
    // SAFETY: only the lifetime changes; `close` below returns once no thread can call `f` any more, on every way out of this function.
    let f: *const (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), _>(f) };
    let job = Job { f, tasks, threads };
    open(&hands, job);
    // SAFETY: `f` is borrowed for this call.
    let mine = catch_unwind(AssertUnwindSafe(|| unsafe { REGION.work(job, 0) }));
    if mine.is_err() {
        REGION.abandon(job);
    }
    close();
    let theirs = REGION.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(hands);
    if let Some(payload) = mine.err().or(theirs) {
        resume_unwind(payload);
    }
    true
}

/// Starts one more thread.
fn enlist(hands: &mut Vec<Hand>) -> bool {
    let asleep = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&asleep);
    let name = format!("sparring-{}", hands.len() + 1);
    match thread::Builder::new().name(name).spawn(move || serve(&own)) {
        Ok(handle) => hands.push(Hand { thread: handle.thread().clone(), asleep }),
        // The region runs on the threads that exist.
        Err(_) => return false,
    }
    true
}

/// Publishes a job and wakes as many sleeping workers as it needs. Only for the holder of the lock, between two regions.
fn open(hands: &[Hand], job: Job) {
    for share in 0..job.threads {
        // Relaxed: the store of the state below publishes it.
        REGION.next[share].0.store(job.share(share).start, Ordering::Relaxed);
    }
    // SAFETY: the last region was closed: no worker is active and none may join; the lock excludes other callers.
    unsafe { *REGION.job.get() = Some(job) };
    let state = &REGION.state.0;
    let epoch = (state.load(Ordering::Relaxed) & !(OPEN_MASK | ACTIVE_MASK)).wrapping_add(EPOCH);
    // Release: who joins (acquire) sees the job and the shares.
    state.store(epoch | ((job.threads as u64 - 1) * OPEN), Ordering::Release);
    // Either we see `asleep` here, or that thread sees the new state after its own fence (in `wait`): it cannot miss both.
    fence(Ordering::SeqCst);
    for hand in &hands[..job.threads - 1] {
        if hand.asleep.load(Ordering::Relaxed) {
            hand.thread.unpark();
        }
    }
}

/// Closes the region to further threads and waits until all have left.
fn close() {
    let state = &REGION.state.0;
    state.fetch_and(!OPEN_MASK, Ordering::Relaxed);
    let mut backoff = Backoff::new();
    // Acquire: what the others wrote is seen by the caller; their last use of `f` lies before it.
    while state.load(Ordering::Acquire) & ACTIVE_MASK != 0 {
        backoff.pause();
    }
}

/// The loop of a worker thread.
fn serve(asleep: &AtomicBool) {
    role::never_again();
    let state = &REGION.state.0;
    let mut last = 0;
    loop {
        let seen = wait(asleep, last);
        // Acquire: pairs with the release in `open`. A failure means that the region filled up or closed meanwhile.
        if state.compare_exchange(seen, seen - OPEN + ACTIVE, Ordering::Acquire, Ordering::Relaxed).is_err() {
            continue;
        }
        last = seen / EPOCH;
        // SAFETY: we have joined: the caller waits for us before it returns or writes the job again.
        if let Some(job) = unsafe { *REGION.job.get() } {
            let left = (seen & OPEN_MASK) / OPEN;
            // SAFETY: as above, so `f` is alive.
            let done =
                catch_unwind(AssertUnwindSafe(|| unsafe { REGION.work(job, job.threads - left as usize) }));
            if let Err(payload) = done {
                REGION.abandon(job);
                REGION.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(payload);
            }
        }
        // Release: pairs with the acquire in `close`.
        state.fetch_sub(ACTIVE, Ordering::Release);
    }
}

/// A state that is open to another thread, of another region than `last`.
fn wait(asleep: &AtomicBool, last: u64) -> u64 {
    let welcome = |s: u64| s & OPEN_MASK != 0 && s / EPOCH != last;
    let mut backoff = Backoff::new();
    loop {
        let seen = REGION.state.0.load(Ordering::Relaxed);
        if welcome(seen) {
            return seen;
        }
        if backoff.pause() {
            continue;
        }
        asleep.store(true, Ordering::Relaxed);
        // The counterpart of the fence in `open`.
        fence(Ordering::SeqCst);
        if !welcome(REGION.state.0.load(Ordering::Relaxed)) {
            thread::park();
        }
        asleep.store(false, Ordering::Relaxed);
        backoff = Backoff::new();
    }
}

impl Job {
    /// The tasks that a participant takes first: the same in every region of this size, so that its data stay in its cache.
    fn share(&self, i: usize) -> std::ops::Range<usize> {
        let cut = |i| (i as u128 * self.tasks as u128 / self.threads as u128) as usize;
        cut(i)..cut(i + 1)
    }
}

impl Region {
    /// Claims tasks one by one, first of the own share, then of the others'.
    ///
    /// # Safety
    /// `job.f` is alive.
    unsafe fn work(&self, job: Job, me: usize) {
        // SAFETY: promised by the caller.
        let f = unsafe { &*job.f };
        for i in 0..job.threads {
            let share = (me + i) % job.threads;
            let (next, end) = (&self.next[share].0, job.share(share).end);
            // Relaxed: each index must go to one thread, and no more is needed. The load keeps exhausted counters bounded.
            while next.load(Ordering::Relaxed) < end {
                let task = next.fetch_add(1, Ordering::Relaxed);
                if task >= end {
                    break;
                }
                f(task);
            }
        }
    }
    /// Claims all remaining tasks, so that none is run.
    fn abandon(&self, job: Job) {
        for share in 0..job.threads {
            self.next[share].0.fetch_max(job.share(share).end, Ordering::Relaxed);
        }
    }
}
