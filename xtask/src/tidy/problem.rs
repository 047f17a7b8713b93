//! What tidy has to say.

use std::fmt;

/// Whether a problem stops a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// To be seen.
    Warning,
    /// Stops the change.
    Failure,
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File, and line from 1; line 0 = the file as a whole.
    pub path: String,
    /// See `path`.
    pub line: usize,
    /// What is wrong, and the way out.
    pub what: String,
    /// How bad.
    pub weight: Weight,
}

impl Problem {
    /// A failure; `line` from 1, 0 for the whole file.
    pub fn failure(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into(), weight: Weight::Failure }
    }
    /// A warning.
    pub fn warning(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, ..Self::failure(path, line, what) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.weight == Weight::Warning { "warning: " } else { "" };
        write!(f, "{}:{}: {word}{}", self.path, self.line.max(1), self.what)
    }
}
