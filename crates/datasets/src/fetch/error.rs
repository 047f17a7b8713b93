//! Why an attempt failed, and why all of them did.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why one attempt at one address gave no file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// The server answered with this status.
    #[error("the server answered {0}")]
    Status(u16),
    /// More than five redirects.
    #[error("more than {0} redirects")]
    Redirects(usize),
    /// A redirect from https to http, or to nowhere.
    #[error("refused a redirect to {0:?}")]
    Redirect(String),
    /// A web page came instead of the file.
    #[error("a web page came instead of the file (a login page of this network?)")]
    WebPage,
    /// More bytes than the file can have.
    #[error("more than {0} bytes came or were announced")]
    TooLong(u64),
    /// The connection ended early.
    #[error("cut short after {got} bytes{}", expected.map_or(String::new(), |e| format!(" of {e}")))]
    CutShort {
        /// Bytes announced.
        expected: Option<u64>,
        /// Bytes received, earlier attempts included.
        got: u64,
    },
    /// Nothing came for this long, or no connection.
    #[error("no answer in time ({0})")]
    Silent(String),
    /// The attempt took longer than it may.
    #[error("not done within {0:?}")]
    Slow(Duration),
    /// A part was asked for and another one came.
    #[error("the server sent another part of the file than asked for")]
    Range,
    /// The connection could not be had or broke.
    #[error("{0}")]
    Network(String),
    /// The gzip stream is corrupt or ends early.
    #[error("{0}")]
    Packing(String),
    /// The bytes are not the set's.
    #[error("SHA-256 of the unpacked bytes is {got}, not {want}")]
    Hash {
        /// Found.
        got: String,
        /// Pinned.
        want: String,
    },
    /// The file, as it is served, is not the set's.
    #[error("{kind} of the file as it is served is {got}, not {want}")]
    Served {
        /// SHA-256 or MD5.
        kind: &'static str,
        /// Found.
        got: String,
        /// Pinned.
        want: String,
    },
    /// The unpacked length is not the set's.
    #[error("unpacks to {got} bytes, not {want}")]
    Length {
        /// Found; one more than `want` when longer, since reading stops there.
        got: u64,
        /// Pinned.
        want: u64,
    },
    /// This machine's disk.
    #[error("{}: {source}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Trouble {
    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Disk { path, source }
    }
    /// Whether the same address may do better in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Status(s) => *s >= 500 || matches!(s, 408 | 425 | 429),
            Self::CutShort { .. } | Self::Silent(_) | Self::Range | Self::Network(_) | Self::Packing(_) => {
                true
            }
            _ => false,
        }
    }
}

/// Why a set is not in its folder. Nothing under the names of its files was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No mirror gave a file.
    #[error(
        "{dataset} could not be fetched ({}); to do it by hand put {} into {} (they are at {}), or name a mirror with --mirror URL or a folder with --from DIR",
        tried.join("; "), missing.join(", "), to.display(), mirrors.join(", ")
    )]
    Unavailable {
        /// The set.
        dataset: String,
        /// The folder.
        to: PathBuf,
        /// Files that are still missing.
        missing: Vec<String>,
        /// The mirrors' addresses.
        mirrors: Vec<String>,
        /// Address and reason of each mirror's last attempt.
        tried: Vec<String>,
    },
    /// A file of this name is in the folder and is not the set's.
    #[error("{} is there already but is not {dataset}'s ({trouble}); it was left alone: move it away or give another folder with --to", path.display())]
    Occupied {
        /// The set.
        dataset: String,
        /// The file.
        path: PathBuf,
        /// How it differs.
        trouble: Trouble,
    },
    /// The folder to copy from lacks a file.
    #[error("{} holds neither {file} nor {file}.gz", from.display())]
    NotThere {
        /// The folder.
        from: PathBuf,
        /// The file.
        file: String,
    },
    /// A file of the folder to copy from is not the set's.
    #[error("{} is not {dataset}'s: {trouble}; nothing was copied over", path.display())]
    WrongCopy {
        /// The set.
        dataset: String,
        /// The file.
        path: PathBuf,
        /// How it differs.
        trouble: Trouble,
    },
    /// Another process holds the folder.
    #[error("another process is fetching into this folder and did not finish in time ({} is locked)", .0.display())]
    Locked(PathBuf),
    /// A mirror's address is not http or https.
    #[error(
        "{0:?} is no address of a mirror; it begins with http:// or https:// (for a folder use --from DIR)"
    )]
    Mirror(String),
    /// No attempt, or no time for it.
    #[error("the pace leaves no attempt or no time: attempts, connect, idle and total must be positive")]
    Pace,
    /// The disk or the folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl FetchError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}
