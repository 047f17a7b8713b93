//! What can go wrong between a name and its data.

use crate::idx::IdxError;
use sparring_math::named::NamedError;
use std::io;
use std::path::PathBuf;

/// Why a data set cannot be had; each message names the thing and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file is not one whole IDX array.
    #[error("{}: {source}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: IdxError,
    },
    /// A folder lacks some of the four files.
    #[error("{} lacks {} (each may end in .gz); {}", dir.display(), files.join(", "), how_to_get(set, dir))]
    Missing {
        /// The folder.
        dir: PathBuf,
        /// The files it lacks.
        files: Vec<String>,
        /// The set looked for; empty when any would do.
        set: String,
    },
    /// A file is an IDX array, but not the one that belongs there.
    #[error("{}: {problem}", path.display())]
    Unfit {
        /// The file or folder.
        path: PathBuf,
        /// What it holds and what it should hold.
        problem: String,
    },
    /// The files of a folder are another set's, or changed.
    #[error("{} does not hold {wanted}: {found}; give each set a folder of its own (`sparring fetch NAME --to DIR` fills one)", dir.display())]
    WrongSet {
        /// The folder.
        dir: PathBuf,
        /// The set asked for.
        wanted: String,
        /// What was found instead.
        found: String,
    },
    /// Pixels, shape and labels do not fit together.
    #[error("{0}")]
    Shape(String),
    /// No set has this name and no folder this path.
    #[error("no data set and no folder is called {name:?} (looked in {}){}; known sets: {known}", list(looked), meant(*nearest))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        looked: Vec<PathBuf>,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
        /// Names that exist.
        known: String,
    },
    /// A chain of augmentations that the examples cannot have.
    #[error("augmentation {name}: {why}")]
    Augmentation {
        /// Which.
        name: &'static str,
        /// What does not fit.
        why: String,
    },
    /// A parameter of a computed set or of an augmentation.
    #[error(transparent)]
    Named(#[from] NamedError),
    /// A known set is not on this machine.
    #[error(
        "{name} is not on this machine (looked in {}); get it with `sparring fetch {name}`, or `--data mnist-10k` needs none",
        list(looked)
    )]
    Absent {
        /// The set.
        name: String,
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
}

fn how_to_get(set: &str, dir: &std::path::Path) -> String {
    let name = if set.is_empty() { "mnist" } else { set };
    format!("get the files with `sparring fetch {name} --to {}`", dir.display())
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}
