//! What can be wrong with a file.

use crate::side::side_by_side;
use crate::terminal::{LINE, MESSAGE, NAME, shown};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file was not read or written. Errors about a file on disk come as [`StoreError::File`] with its path;
/// [`reason`](StoreError::reason) looks inside. The fields hold what the file holds; the message is one line, with it escaped and
/// shortened ([`terminal::shown`](crate::terminal::shown)).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", at(path))]
    Io {
        /// What was tried: `write`, `read`.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Its answer.
        source: std::io::Error,
    },
    /// The name of a new file is taken.
    #[error("`{}` exists; nothing is ever written over: name another file", at(path))]
    Taken {
        /// The name.
        path: PathBuf,
    },
    /// The directory of a new run holds something.
    #[error("`{}` is not empty; nothing is ever written over", at(path))]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The directory of a new run has been given to another.
    #[error("`{}` is taken: another run{} writes there", at(path), by.map_or_else(String::new, |pid| format!(" (process {pid})")))]
    Claimed {
        /// The directory.
        path: PathBuf,
        /// The process of that run, where it is known.
        by: Option<u32>,
    },
    /// No JSON, or what JSON cannot hold.
    #[error("JSON: {}", shown(&.0.to_string(), MESSAGE))]
    Json(#[from] serde_json::Error),
    /// Something is wrong with this file.
    #[error("`{}`: {fault}", at(path))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: Box<StoreError>,
    },
    /// A file of rows lost some.
    #[error("it has {found} rows, {needed} are needed")]
    Rows {
        /// Rows there are.
        found: usize,
        /// Rows that were written.
        needed: usize,
    },
    /// More than this program will hold.
    #[error("{what} of {got} is above the limit of {limit}")]
    TooLarge {
        /// What: `a file`, `a header`, `a document`; with its unit.
        what: &'static str,
        /// Its extent.
        got: u64,
        /// Most that is allowed.
        limit: u64,
    },
    /// A file of another format.
    #[error("{what}, not a safetensors file: {way_out}")]
    Foreign {
        /// Which, with its article: `a PyTorch file (zip of pickles)`.
        what: &'static str,
        /// How it becomes a safetensors file.
        way_out: &'static str,
    },
    /// The bytes are not a whole safetensors file.
    #[error("not a whole safetensors file: {}", shown(what, MESSAGE))]
    NotSafetensors {
        /// Where it breaks.
        what: String,
    },
    /// The bytes are not a whole checkpoint, or their value is not one.
    #[error("not a whole checkpoint of this program: {}", shown(what, MESSAGE))]
    Checkpoint {
        /// Where it breaks.
        what: String,
    },
    /// The bytes are not a whole JSON file with its own checksum.
    #[error("not a whole file of this program: {}", shown(what, MESSAGE))]
    Sealed {
        /// Where it breaks.
        what: String,
    },
    /// What is no network in a file that somebody wrote.
    #[error("line {line}: {}", shown(what, MESSAGE))]
    Spec {
        /// The line, from 1.
        line: usize,
        /// What is wrong there, and what was probably meant.
        what: String,
    },
    /// The bytes are not a whole archive of NumPy.
    #[error("not a whole .npz file: {}", shown(what, MESSAGE))]
    NotNpz {
        /// Where it breaks.
        what: String,
    },
    /// The bytes are not an ONNX file, or not one of a network that is read.
    #[error("ONNX: {}", shown(what, MESSAGE))]
    Onnx {
        /// What is wrong, and where.
        what: String,
    },
    /// Operators of an ONNX file, or layers on the way to one, for which there is no counterpart.
    #[error("{}", shown(what, LINE))]
    Operators {
        /// All of them, with the names of the nodes.
        what: String,
    },
    /// A tensor that no network of this program holds.
    #[error("tensor `{}`: {}", shown(name, NAME), shown(what, MESSAGE))]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong and what is allowed.
        what: String,
    },
    /// The metadata key `sparring` does not hold one of our documents.
    #[error("the document under the metadata key `sparring` cannot be used: {}", shown(what, MESSAGE))]
    Document {
        /// What is wrong.
        what: String,
    },
    /// Written by a later version.
    #[error(
        "written in format {found}, this program reads up to format {known}; update it to read this file"
    )]
    Future {
        /// Format of the file.
        found: u32,
        /// Newest format known here.
        known: u32,
    },
    /// The content was changed after it was written.
    #[error(
        "damaged: the file says SHA-256 {}, its content gives {computed}; fetch or train it again",
        shown(stored, NAME)
    )]
    Checksum {
        /// What the file says.
        stored: String,
        /// What its content gives.
        computed: String,
    },
    /// The file is whole, perhaps, but not the one that was asked for.
    #[error("has SHA-256 {computed}, but {} was asked for", shown(pinned, NAME))]
    Pinned {
        /// The SHA-256 asked for.
        pinned: String,
        /// The SHA-256 there is.
        computed: String,
    },
    /// Tensors and network do not belong together.
    #[error("the tensors are not those of the network: {}", list(missing, unexpected, shapes))]
    Names {
        /// Names the network has and the file lacks.
        missing: Vec<String>,
        /// Names the file has and the network lacks.
        unexpected: Vec<String>,
        /// Names of both with different shapes: `0.weight is [3, 2], the network needs [2, 3]`.
        shapes: Vec<String>,
        /// Name and shape of all tensors of the network.
        wanted: Vec<(String, Vec<usize>)>,
        /// Name and shape of all tensors of the file.
        found: Vec<(String, Vec<usize>)>,
    },
    /// Rules for names that cannot be used.
    #[error("the rules to rename tensors cannot be used: {}", shown(what, MESSAGE))]
    Rename {
        /// What is wrong.
        what: String,
    },
    /// A network that is not there or not sound.
    #[error("network `{}`: {}", shown(prefix, NAME), shown(what, MESSAGE))]
    Network {
        /// Its prefix; empty for the only one.
        prefix: String,
        /// What is wrong.
        what: String,
    },
    /// A file of another kind.
    #[error("holds a model of kind `{}`, `{}` is needed", shown(got, NAME), shown(wanted, NAME))]
    Kind {
        /// The kind needed.
        wanted: String,
        /// The kind there is.
        got: String,
    },
}

impl StoreError {
    /// The error itself, without the path around it.
    pub fn reason(&self) -> &Self {
        match self {
            Self::File { fault, .. } => fault.reason(),
            other => other,
        }
    }
    /// Of [`Names`](Self::Names) both lists beside each other, names and shapes, at most `rows` lines of them under a headline.
    pub fn side_by_side(&self, rows: usize) -> Option<String> {
        match self.reason() {
            Self::Names { wanted, found, .. } => Some(side_by_side(wanted, found, rows)),
            _ => None,
        }
    }
    /// This error about the file at `path`; an [`Io`](Self::Io) names its path already.
    pub(crate) fn at(self, path: &Path) -> Self {
        match self {
            Self::Io { .. } | Self::Taken { .. } | Self::File { .. } => self,
            fault => Self::File { path: path.to_path_buf(), fault: Box::new(fault) },
        }
    }
    pub(crate) fn broken(what: impl ToString) -> Self {
        Self::NotSafetensors { what: what.to_string() }
    }
    #[cfg(feature = "onnx")]
    pub(crate) fn onnx(what: impl Into<String>) -> Self {
        Self::Onnx { what: what.into() }
    }
    pub(crate) fn document(what: impl ToString) -> Self {
        Self::Document { what: what.to_string() }
    }
    pub(crate) fn tensor(name: &str, what: impl ToString) -> Self {
        Self::Tensor { name: name.to_string(), what: what.to_string() }
    }
    pub(crate) fn names(
        missing: Vec<String>,
        unexpected: Vec<String>,
        shapes: Vec<String>,
        wanted: &[(String, Vec<usize>)],
        found: &[(String, Vec<usize>)],
    ) -> Self {
        Self::Names { missing, unexpected, shapes, wanted: wanted.to_vec(), found: found.to_vec() }
    }
    pub(crate) fn network(prefix: &str, what: impl ToString) -> Self {
        Self::Network { prefix: prefix.to_string(), what: what.to_string() }
    }
}

/// A path in a message.
fn at(path: &Path) -> String {
    shown(&path.display().to_string(), MESSAGE)
}

/// The first names of each list: a line stays a line, whatever the file holds.
fn list(missing: &[String], unexpected: &[String], shapes: &[String]) -> String {
    const SHOWN: usize = 4;
    let part = |title: &str, names: &[String]| {
        let rest = names.len().saturating_sub(SHOWN);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let first: Vec<_> = names.iter().take(SHOWN).map(|n| shown(n, NAME)).collect();
        (!names.is_empty()).then(|| format!("{title} {}{more}", first.join(", ")))
    };
    let parts = [part("missing", missing), part("unexpected", unexpected), part("of another shape", shapes)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
