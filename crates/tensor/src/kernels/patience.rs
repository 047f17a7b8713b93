//! Waiting for another thread.

use std::thread;
use std::time::{Duration, Instant};

/// How long a thread without work watches closely: longer than the serial pieces between two regions of a training step.
const SPIN: Duration = Duration::from_micros(50);
/// How long it then offers its core to others between two looks, before it sleeps.
const YIELD: Duration = Duration::from_millis(1);
/// Looks between two looks at the clock.
const LOOKS: u32 = 16;

/// Waiting: closely at first, then with the core offered to others.
pub(super) struct Patience {
    looks: u32,
    since: Option<Instant>,
    waited: Duration,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self { looks: 0, since: None, waited: Duration::ZERO }
    }
    /// One pause; whether there should be another.
    pub(super) fn pass(&mut self) -> bool {
        self.looks += 1;
        if self.waited >= SPIN {
            thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
        if self.looks.is_multiple_of(LOOKS) || self.waited >= SPIN {
            self.waited = self.since.get_or_insert_with(Instant::now).elapsed();
        }
        self.waited < SPIN + YIELD
    }
}
