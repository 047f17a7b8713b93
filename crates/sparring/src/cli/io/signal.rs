//! SIGINT, SIGTERM and, unless `nohup` has it ignored, SIGHUP. The first asks the work to end after its step; where nothing answers within a second the process takes
//! back what it has made and ends, whatever it is waiting for. The second ends it at once.

use super::say;
use crate::cli::{Failure, Outcome};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the work may go on without an answer.
const GRACE: Duration = Duration::from_secs(1);
/// How often signals are looked for.
const PAUSE: Duration = Duration::from_millis(25);

static ASKED: AtomicUsize = AtomicUsize::new(0);
static HEARD: AtomicBool = AtomicBool::new(false);
static HELD: AtomicBool = AtomicBool::new(false);
static KEPT: Mutex<String> = Mutex::new(String::new());

/// Set by a parent that keeps the other end of this process's stdin: when that closes, however the parent ended, it counts as a SIGTERM.
pub(crate) const ENDS_WITH_STDIN: &str = "SPARRING_ENDS_WITH_STDIN";

/// Starts to listen.
pub(crate) fn watch() -> Outcome {
    let came = Arc::new(AtomicUsize::new(0));
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup()) {
        signal_hook::flag::register_usize(signal, Arc::clone(&came), signal as usize)?;
    }
    if std::env::var_os(ENDS_WITH_STDIN).is_some() {
        let came = Arc::clone(&came);
        std::thread::Builder::new().name("stdin".into()).spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            // A signal of its own is answered already.
            if ASKED.load(Ordering::Relaxed) == 0 {
                came.store(SIGTERM as usize, Ordering::Relaxed);
            }
        })?;
    }
    // Whatever else this process does, even if it blocks for ever, this thread goes on looking.
    std::thread::Builder::new().name("signals".into()).spawn(move || listen(&came))?;
    Ok(())
}

/// SIGHUP, which a closed terminal sends, where it is known not to be ignored: a handler would undo `nohup`.
fn hangup() -> Option<i32> {
    const SIGHUP: i32 = 1;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    let ignored = u64::from_str_radix(mask.trim(), 16).ok()? & 1 << (SIGHUP - 1);
    (ignored == 0).then_some(SIGHUP)
}

fn listen(came: &AtomicUsize) {
    let number = loop {
        match came.swap(0, Ordering::Relaxed) {
            0 => std::thread::sleep(PAUSE),
            number => break number,
        }
    };
    ASKED.store(number, Ordering::Relaxed);
    let (mut told, begun) = (false, Instant::now());
    loop {
        let again = came.swap(0, Ordering::Relaxed);
        if again != 0 {
            leave(again as u8);
        }
        if !HEARD.load(Ordering::Relaxed) && begun.elapsed() >= GRACE {
            if !HELD.load(Ordering::Relaxed) {
                leave(number as u8);
            }
            if !told {
                say::note(
                    "ending after this step, so that what was learnt is kept; a second signal ends it now",
                );
                told = true;
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// The signal that came, if one did; whoever asks answers for the end.
pub(crate) fn asked() -> Option<u8> {
    let number = u8::try_from(ASKED.load(Ordering::Relaxed)).ok().filter(|&n| n > 0);
    if number.is_some() {
        HEARD.store(true, Ordering::Relaxed);
    }
    number
}

/// From now on there is something to lose, and [`asked`] is called after every step: the end waits for it.
pub(crate) fn hold() {
    HELD.store(true, Ordering::Relaxed);
}

/// What a signal finds saved, told when it comes; from now on the end waits for nothing. Without it nothing is kept.
pub(crate) fn kept(what: impl Into<String>) {
    HELD.store(false, Ordering::Relaxed);
    saved(what);
}

/// What a signal finds saved from now on, while the end goes on waiting for a step.
pub(crate) fn saved(what: impl Into<String>) {
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = what.into();
}

fn what_is_kept() -> String {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.is_empty() { "nothing is kept".into() } else { kept.clone() }
}

/// An error if a signal came, with what is [`kept`].
pub(crate) fn check() -> Outcome {
    match asked() {
        None => Ok(()),
        Some(number) => Err(Failure::Signal { number, kept: what_is_kept() }),
    }
}

/// Ends the process from any thread: what was made and not kept is taken back.
pub(crate) fn leave(number: u8) -> ! {
    let _nothing_more = sparring::store::take_back_all();
    let failure = Failure::Signal { number, kept: what_is_kept() };
    say::error(&failure.to_string());
    std::process::exit(failure.code().into());
}
