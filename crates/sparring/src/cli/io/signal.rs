//! SIGINT and SIGTERM: the first asks the work to end after its step, the second ends the process.

use crate::cli::{Failure, Outcome};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

static ASKED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Starts to listen.
pub(crate) fn watch() -> Outcome {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let asked = Arc::clone(ASKED.get_or_init(Arc::default));
    for signal in [SIGINT, SIGTERM] {
        let again = Arc::new(AtomicBool::new(false));
        // Registered first, so that it looks before the flag is raised: only a second signal finds it up.
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
        signal_hook::flag::register(signal, again)?;
        signal_hook::flag::register_usize(signal, Arc::clone(&asked), signal as usize)?;
    }
    Ok(())
}

/// The signal that came, if one did.
pub(crate) fn asked() -> Option<u8> {
    let number = ASKED.get().map_or(0, |a| a.load(Ordering::Relaxed));
    u8::try_from(number).ok().filter(|&n| n > 0)
}

/// An error if a signal came; `kept` says what has been saved.
pub(crate) fn check(kept: impl FnOnce() -> String) -> Outcome {
    match asked() {
        None => Ok(()),
        Some(number) => Err(Failure::Signal { number, kept: kept() }),
    }
}
