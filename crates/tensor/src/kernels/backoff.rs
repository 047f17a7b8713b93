//! Backoff of a thread that waits for another: spin, then yield, then sleep.

use std::thread;
use std::time::{Duration, Instant};

/// How long a thread without work spins: longer than the serial code between two regions of a training step.
const SPIN: Duration = Duration::from_micros(50);
/// How long it then yields its core between two checks, before it sleeps.
const YIELD: Duration = Duration::from_millis(1);
/// Checks between two readings of the clock.
const CHECKS: u32 = 16;

/// The state of a wait: spinning at first, then yielding.
pub(super) struct Backoff {
    checks: u32,
    since: Option<Instant>,
    waited: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { checks: 0, since: None, waited: Duration::ZERO }
    }
    /// Pauses once; returns whether to go on waiting.
    pub(super) fn pause(&mut self) -> bool {
        self.checks += 1;
        if self.waited >= SPIN {
            thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
        if self.checks.is_multiple_of(CHECKS) || self.waited >= SPIN {
            self.waited = self.since.get_or_insert_with(Instant::now).elapsed();
        }
        self.waited < SPIN + YIELD
    }
}
