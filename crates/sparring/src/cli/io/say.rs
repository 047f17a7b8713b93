//! Results on stdout, everything else on stderr. A closed pipe (`| head`) is nobody's mistake; a result that could not be written
//! is lost, and [`lost`] says so at the end. Text may come from a file, so no control character but the newline gets through, and no
//! line is longer than [`terminal::LINE`].

use serde_json::Value;
use sparring::store::terminal;
use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

static LOST: Mutex<Option<String>> = Mutex::new(None);

/// A result for people.
pub(crate) fn result(text: &str) {
    written(|out| writeln!(out, "{}", terminal::lines(text)));
}

/// The result for machines: one object (or array) on one line, the last.
pub(crate) fn json(value: &Value) {
    written(|out| writeln!(out, "{}", terminal::json(&value.to_string())));
}

/// A file for a program, byte for byte: nothing in it is from outside.
pub(crate) fn raw(bytes: &[u8]) {
    written(|out| out.write_all(bytes));
}

fn written(write: impl FnOnce(&mut std::io::StdoutLock<'_>) -> std::io::Result<()>) {
    let mut out = std::io::stdout().lock();
    if let Err(e) = write(&mut out).and_then(|()| out.flush()) {
        broken(&e);
    }
}

/// Remembers why stdout took no more.
pub(crate) fn broken(e: &std::io::Error) {
    if e.kind() != ErrorKind::BrokenPipe {
        LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(e.to_string());
    }
}

/// Why a result did not get out, if one did not.
pub(crate) fn lost() -> Option<String> {
    let lost = LOST.lock().unwrap_or_else(PoisonError::into_inner);
    lost.as_ref().map(|why| format!("stdout: {why}; what was to be printed is lost"))
}

/// A path on one line, whatever is in its name.
pub(crate) fn path(path: &std::path::Path) -> String {
    terminal::shown(&path.to_string_lossy(), terminal::LINE)
}

/// A remark along the way.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", terminal::lines(text));
}

/// Why it could not be done, on one line.
pub(crate) fn error(text: &str) {
    let line = text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
    let _ = writeln!(std::io::stderr().lock(), "sparring: {}", terminal::shown(&line, terminal::LINE));
}
