//! How a command can fail.

use std::fmt;

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// One line for the user, and an exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that makes no sense: exit 2.
    Usage(String),
    /// It could not be done: exit 1.
    Failed(String),
    /// A signal ended it: exit 128 + its number.
    Signal {
        /// 1, 2 or 15.
        number: u8,
        /// What has been kept.
        kept: String,
    },
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::Signal { number, .. } => 128 + number,
        }
    }
    /// What the system says of a file, in our words where there is none.
    pub(crate) fn io(path: &std::path::Path, e: &std::io::Error) -> Self {
        match e.kind() {
            std::io::ErrorKind::NotFound => Self::at(path, "no such file or folder"),
            _ => Self::at(path, e),
        }
    }
    /// A failure at a file, with the way out.
    pub(crate) fn at(path: &std::path::Path, e: impl fmt::Display) -> Self {
        Self::Failed(format!("{}: {e}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::Failed(what) => f.write_str(what),
            Self::Signal { number, kept } => write!(f, "stopped by signal {number}; {kept}"),
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(e: E) -> Self {
        Self::Failed(e.to_string())
    }
}
