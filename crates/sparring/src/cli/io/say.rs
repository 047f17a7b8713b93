//! Results on stdout, everything else on stderr. A closed pipe (`| head`) is nobody's mistake.

use serde_json::Value;
use std::io::Write;

/// A result for people.
pub(crate) fn result(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The result for machines: one object (or array) on one line, the last.
pub(crate) fn json(value: &Value) {
    let _ = writeln!(std::io::stdout().lock(), "{value}");
}

/// A remark along the way.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Why it could not be done, on one line.
pub(crate) fn error(text: &str) {
    let line = text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
    let _ = writeln!(std::io::stderr().lock(), "sparring: {line}");
}
