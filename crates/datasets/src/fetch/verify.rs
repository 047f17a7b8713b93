//! The proof that a file is the set's.

use super::Trouble;
use crate::digest::Hasher;
use crate::idx::{IdxError, unpack};
use crate::mnist::PinnedFile;
use std::fs::File;
use std::path::Path;

/// How the bytes of a right file are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Raw,
    Gzip,
}

/// Unpacks the file at `path` and compares length and SHA-256 with the pinned ones. Reads one byte more than the right
/// file has, at most, and keeps none.
pub(super) fn verify(path: &Path, file: &PinnedFile<'_>) -> Result<Stored, Trouble> {
    let opened = File::open(path).map_err(Trouble::disk(path))?;
    let mut source = unpack(opened).map_err(Trouble::disk(path))?;
    let (mut hasher, mut buffer, mut first) = (Hasher::default(), vec![0; 1 << 16], 0);
    while hasher.bytes() <= file.bytes {
        let most = (file.bytes + 1 - hasher.bytes()).min(buffer.len() as u64) as usize;
        let n = match source.fill(&mut buffer[..most]) {
            Ok(0) => break,
            Ok(n) => n,
            Err(IdxError::Io(e)) => return Err(Trouble::disk(path)(e)),
            Err(broken) => return Err(Trouble::Packing(broken.to_string())),
        };
        if hasher.bytes() == 0 {
            first = buffer[0];
        }
        hasher.update(&buffer[..n]);
    }
    let stored = if source.is_gzip() { Stored::Gzip } else { Stored::Raw };
    let (bytes, got) = (hasher.bytes(), hasher.finish());
    if bytes == file.bytes && got == file.sha256 {
        Ok(stored)
    } else if stored == Stored::Raw && first == b'<' {
        Err(Trouble::WebPage)
    } else if bytes != file.bytes {
        Err(Trouble::Length { got: bytes, want: file.bytes })
    } else {
        Err(Trouble::Hash { got, want: file.sha256.into() })
    }
}
