//! The proof that a file is the set's.

use super::Trouble;
use crate::digest::Hasher;
use crate::idx::{IdxError, unpack};
use crate::pinned::{PinnedFile, Proof, md5, sha256};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

/// How the bytes of a right file are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Raw,
    Gzip,
}

/// Compares the file at `path` with what is pinned of it. Reads one byte more than the right file has, at most, and keeps none.
pub(super) fn verify(path: &Path, file: &PinnedFile<'_>) -> Result<Stored, Trouble> {
    match file.proof {
        Proof::Unpacked(sha256) => unpacked(path, file, sha256),
        Proof::Served(want) => served(path, file, "SHA-256", want, sha256),
        Proof::ServedMd5(want) => served(path, file, "MD5", want, md5),
    }
}

/// The file as it is.
fn served(
    path: &Path,
    file: &PinnedFile<'_>,
    kind: &'static str,
    want: &str,
    digest: fn(&mut dyn Read, u64) -> std::io::Result<(u64, String)>,
) -> Result<Stored, Trouble> {
    let mut opened = File::open(path).map_err(Trouble::disk(path))?;
    let (_, got) = digest(&mut opened, file.most()).map_err(Trouble::disk(path))?;
    let mut first = [0; 2];
    let begin = opened.rewind().and_then(|()| opened.read(&mut first));
    begin.map_err(Trouble::disk(path))?;
    match first {
        // Only the right file has the digest; what is in it says its name.
        [0x1f, 0x8b] if got == want => Ok(Stored::Gzip),
        _ if got == want => Ok(Stored::Raw),
        [b'<', _] => Err(Trouble::WebPage),
        _ => Err(Trouble::Served { kind, got, want: want.into() }),
    }
}

/// The unpacked bytes.
fn unpacked(path: &Path, file: &PinnedFile<'_>, sha256: &str) -> Result<Stored, Trouble> {
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
    if bytes == file.bytes && got == sha256 {
        Ok(stored)
    } else if stored == Stored::Raw && first == b'<' {
        Err(Trouble::WebPage)
    } else if bytes != file.bytes {
        Err(Trouble::Length { got: bytes, want: file.bytes })
    } else {
        Err(Trouble::Hash { got, want: sha256.into() })
    }
}
