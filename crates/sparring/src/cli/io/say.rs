//! Results on stdout, everything else on stderr. A closed pipe (`| head`) is nobody's mistake. Text may come from a file, so no
//! control character but the newline gets through, and no line is longer than [`terminal::LINE`].

use serde_json::Value;
use sparring::store::terminal;
use std::io::Write;

/// A result for people.
pub(crate) fn result(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{}", terminal::lines(text));
}

/// The result for machines: one object (or array) on one line, the last.
pub(crate) fn json(value: &Value) {
    let _ = writeln!(std::io::stdout().lock(), "{}", terminal::json(&value.to_string()));
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
