//! What can go wrong between a name and its data.

use crate::archive::ArchiveError;
use crate::catalogue::ALL;
use crate::idx::IdxError;
use sparring_math::named::NamedError;
use std::io;
use std::path::PathBuf;

/// Why a data set cannot be had; each message names the thing and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file cannot be opened, read or written.
    #[error("{}: {}", path.display(), told(source))]
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
    /// An archive cannot be read.
    #[error("{}: {source}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchiveError,
    },
    /// A folder lacks some of its files.
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
    /// The classes of a set have other names than those of a model.
    #[error(
        "classes without an equal among the model's: {}; the model knows: {}; rename the classes, or leave them out",
        names(unknown),
        names(known)
    )]
    Classes {
        /// Names that the model does not have.
        unknown: Vec<String>,
        /// The model's.
        known: Vec<String>,
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
        "{name} is not on this machine (looked in {}); get it with `sparring fetch {}`, or `--data mnist-10k` needs none",
        list(looked),
        fetched_as(name)
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
    let pictures = if set.is_empty() {
        "; pictures go into folders by class, train/CLASS/*.png and test/CLASS/*.png, or CLASS/*.png"
    } else {
        ""
    };
    format!("get the files with `sparring fetch {name} --to {}`{pictures}", dir.display())
}

/// The name to fetch a set by: that of its folder.
fn fetched_as(name: &str) -> &str {
    ALL.iter().find(|e| e.name == name).map_or(name, |e| e.folder)
}

fn told(e: &io::Error) -> String {
    if e.kind() == io::ErrorKind::NotFound { "no such file or folder".into() } else { e.to_string() }
}

/// The first few names, each short.
fn names(all: &[String]) -> String {
    const SHOWN: usize = 8;
    let brief = |name: &String| format!("{:?}", name.chars().take(40).collect::<String>());
    let more = if all.len() > SHOWN { format!(" and {} more", all.len() - SHOWN) } else { String::new() };
    all.iter().take(SHOWN).map(brief).collect::<Vec<_>>().join(", ") + &more
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}
