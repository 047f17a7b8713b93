//! What a caller hears while it waits, and what it has at the end.

use super::Trouble;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Something happened; a bar or a log is the caller's affair.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another process fetches into the same folder.
    Waiting {
        /// The file that both lock.
        lock: &'a Path,
    },
    /// The file is there already, and right.
    Present {
        /// Its name.
        file: &'a str,
    },
    /// Bytes begin to come.
    Begin {
        /// The file.
        file: &'a str,
        /// Where from.
        url: &'a str,
        /// Bytes kept of an earlier attempt.
        from: u64,
        /// Bytes of the whole, if the server tells.
        total: Option<u64>,
    },
    /// Bytes came.
    Progress {
        /// The file.
        file: &'a str,
        /// Bytes so far.
        done: u64,
        /// Bytes of the whole, if the server tells.
        total: Option<u64>,
    },
    /// An attempt failed.
    Failed {
        /// The file.
        file: &'a str,
        /// Where from.
        url: &'a str,
        /// Why.
        trouble: &'a Trouble,
        /// What is done about it.
        next: Next,
    },
    /// The file was checked and has its name.
    Stored {
        /// The file.
        file: &'a str,
        /// Where it is.
        path: &'a Path,
    },
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The same address after a pause.
    Retry(Duration),
    /// The next mirror.
    Mirror,
    /// Nothing is left to try.
    GiveUp,
}

/// Which work was needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// None: all files were there.
    Nothing,
    /// So many files were downloaded.
    Fetched(usize),
    /// So many files were copied.
    Copied(usize),
}

/// All files are in place, each with its pinned SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The set.
    pub dataset: String,
    /// The folder.
    pub folder: PathBuf,
    /// The files, in the set's order.
    pub files: Vec<PathBuf>,
    /// The work.
    pub done: Done,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, n, folder) = (&self.dataset, self.files.len(), self.folder.display());
        match self.done {
            Done::Nothing => {
                write!(f, "{name}: all {n} files are in {folder} already and verified; nothing to do")
            }
            Done::Fetched(k) => write!(f, "{name}: {k} of {n} files fetched into {folder}, all verified"),
            Done::Copied(k) => write!(f, "{name}: {k} of {n} files copied into {folder}, all verified"),
        }
    }
}
