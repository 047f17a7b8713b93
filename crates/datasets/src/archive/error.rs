//! What can be wrong with an archive.

use std::io;

/// Why some bytes are not an archive we read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Nothing in it says that it is one.
    #[error("not a {0} archive")]
    Magic(&'static str),
    /// A header contradicts itself or the file.
    #[error("the {0} archive is broken: {1}")]
    Broken(&'static str, &'static str),
    /// More bytes than any right archive has.
    #[error("the archive unpacks to more than {0} bytes")]
    TooBig(u64),
    /// The bytes could not be read or unpacked, or end early.
    #[error("{0}")]
    Io(#[from] io::Error),
}
