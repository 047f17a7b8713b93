//! What is known of a set's files.

use crate::DataError;
use crate::digest::{Hasher, Md5};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How a file is recognised, all digests in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// By the SHA-256 of the unpacked bytes: the packed ones differ from mirror to mirror.
    Unpacked(&'a str),
    /// By the SHA-256 of the file as it is served, where the unpacked bytes are not known to us.
    Served(&'a str),
    /// By the MD5 of the file as it is served, which is all that was ever published of it. It tells transfer errors and other files apart; it is no protection from who means harm.
    ServedMd5(&'a str),
}

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinnedFile<'a> {
    /// Name, without `.gz`.
    pub name: &'a str,
    /// Length: of the served file for [`Proof::Served`], else of the unpacked bytes.
    pub bytes: u64,
    /// The digest.
    pub proof: Proof<'a>,
}

impl PinnedFile<'_> {
    /// The name under which it is served: `NAME.gz`, or `NAME` for a zip archive.
    pub fn served_name(&self) -> String {
        if self.name.ends_with(".zip") { self.name.into() } else { format!("{}.gz", self.name) }
    }
    /// Whether the file at `path`, as it is, is the served one; `false` for a proof that is about the unpacked bytes.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub(crate) fn is_served(&self, path: &Path) -> Result<bool, DataError> {
        let digest = |whole: fn(&mut dyn Read, u64) -> io::Result<(u64, String)>| {
            let opened = File::open(path).and_then(|mut file| whole(&mut file, self.most()));
            opened.map_err(|source| DataError::Io { path: path.into(), source })
        };
        match self.proof {
            Proof::Unpacked(_) => Ok(false),
            Proof::Served(want) => digest(sha256).map(|got| got == (self.bytes, want.into())),
            Proof::ServedMd5(want) => digest(md5).map(|(_, got)| got == want),
        }
    }
    /// Most bytes of the served file. gzip adds a few to what it cannot pack.
    pub(crate) fn most(&self) -> u64 {
        match self.proof {
            Proof::Served(_) => self.bytes,
            _ => self.bytes + self.bytes / 1000 + (1 << 16),
        }
    }
}

/// Length and SHA-256 of what a reader gives, or of its first `most + 1` bytes.
pub(crate) fn sha256(reader: &mut dyn Read, most: u64) -> io::Result<(u64, String)> {
    let mut hasher = Hasher::default();
    let n = each(reader, most, &mut |bytes| hasher.update(bytes))?;
    Ok((n, hasher.finish()))
}

/// The same with MD5.
pub(crate) fn md5(reader: &mut dyn Read, most: u64) -> io::Result<(u64, String)> {
    let mut hasher = Md5::default();
    let n = each(reader, most, &mut |bytes| hasher.update(bytes))?;
    Ok((n, hasher.finish()))
}

fn each(reader: &mut dyn Read, most: u64, see: &mut dyn FnMut(&[u8])) -> io::Result<u64> {
    let (mut reader, mut buffer, mut n) = (reader.take(most.saturating_add(1)), vec![0; 1 << 16], 0);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(n),
            Ok(got) => {
                see(&buffer[..got]);
                n += got as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// A set whose files are known. Tests and users may describe their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned<'a> {
    /// Name, which is also its folder's.
    pub name: &'a str,
    /// Its files.
    pub files: &'a [PinnedFile<'a>],
    /// Addresses to which the served name of a file is appended, in the order they are tried.
    pub mirrors: &'a [&'a str],
}
