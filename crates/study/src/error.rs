//! What can be wrong with a sweep or a diagnosis.

use sparring_store::StoreError;
use sparring_store::terminal::shown;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Most characters of a message about a file that are shown.
const MESSAGE: usize = 600;

/// Why a grid, a shard, a merge or a diagnosis was refused; one line, with the way out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StudyError {
    /// A file was not read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is no grid in a file that somebody wrote.
    #[error("line {line}: {}", shown(what, MESSAGE))]
    Grid {
        /// The line, from 1.
        line: usize,
        /// What is wrong there, and what was probably meant.
        what: String,
    },
    /// No shard, or none that the environment's variables agree on.
    #[error("{}", shown(.0, MESSAGE))]
    Shard(String),
    /// A manifest that cannot be used.
    #[error("`{}`: {}", shown(&path.display().to_string(), MESSAGE), shown(what, MESSAGE))]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Settings of a study of depth that make no sense, or data that do not fit.
    #[error("{}", shown(.0, MESSAGE))]
    Depth(String),
    /// A network and examples that cannot be looked at.
    #[error("{}", shown(.0, MESSAGE))]
    Diagnosis(String),
    /// A model of codes and images that cannot be looked at.
    #[error("{}", shown(.0, MESSAGE))]
    Codes(String),
    /// Shards that do not make one whole.
    #[error("{}", shown(.0, 2 * MESSAGE))]
    Merge(String),
}

impl StudyError {
    pub(crate) fn at_line(line: usize, what: impl Into<String>) -> Self {
        Self::Grid { line, what: what.into() }
    }
    pub(crate) fn codes(what: impl std::fmt::Display) -> Self {
        Self::Codes(what.to_string())
    }
    pub(crate) fn manifest(path: &Path, what: impl Into<String>) -> Self {
        Self::Manifest { path: path.to_path_buf(), what: what.into() }
    }
}
