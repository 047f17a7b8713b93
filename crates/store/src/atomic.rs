//! Files that are there whole or not at all.

use crate::StoreError;
use crate::temporary::{Temporary, sweep_once};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes `bytes` to `path`: a reader, or a run cut off at any moment, finds the old content or the new, never a part.
///
/// A temporary file `.NAME.tmp.PID.K` in the same directory is written and synced, takes the name by a rename, and the
/// directory is synced. What a killed process left there is [swept](crate::sweep) first.
///
/// # Errors
/// [`StoreError::Io`]; the old file is then untouched and the temporary one removed.
pub fn write_atomic(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), StoreError> {
    let path = path.as_ref();
    place(path, Over::Replaces, &System, |file| file.write_all(bytes)).map_err(|e| failed(path, e))
}

/// As [`write_atomic`], but never over another file: of two processes that write one name, one wins.
///
/// The finished file takes its name by a hard link, which fails if the name is taken; where there are no hard links, an empty file
/// takes the name first and is then replaced, so that a process killed between the two leaves it empty.
///
/// # Errors
/// [`StoreError::Taken`] if the name is taken, even by a broken link; else as [`write_atomic`].
pub fn write_new(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), StoreError> {
    let path = path.as_ref();
    place(path, Over::Refuses, &System, |file| file.write_all(bytes)).map_err(|e| failed(path, e))
}

/// Writes and removes `bytes` zeros beside `path`: whether a file of that size could be written there, asked before the work whose
/// result it is to hold.
///
/// # Errors
/// [`StoreError::Io`] if not: no such folder, no permission, a full or read-only disk.
pub fn try_write(path: impl AsRef<Path>, bytes: u64) -> Result<(), StoreError> {
    let path = path.as_ref();
    let attempt = || {
        let (mut temporary, _) = Temporary::beside(path)?;
        io::copy(&mut io::Read::take(io::repeat(0), bytes), temporary.file())?;
        temporary.file().sync_all()
    };
    attempt().map_err(|e| failed(path, e))
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    if source.kind() == ErrorKind::AlreadyExists {
        return StoreError::Taken { path: path.to_path_buf() };
    }
    StoreError::Io { action: "write", path: path.to_path_buf(), source }
}

/// What happens to a file that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Replaces,
    Refuses,
}

/// What of the system a test replaces, to see it done or to see it fail.
trait Disk {
    /// Gives a file a second name; fails if that is taken.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a directory survive a power cut.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

struct System;

impl Disk for System {
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }
    #[cfg(unix)]
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        match File::open(directory)?.sync_all() {
            // Some network file systems cannot sync a directory; the file itself is safe.
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            result => result,
        }
    }
    #[cfg(not(unix))]
    fn sync_directory(&self, _directory: &Path) -> io::Result<()> {
        Ok(())
    }
}

fn place(
    path: &Path,
    over: Over,
    disk: &impl Disk,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let (mut temporary, directory) = Temporary::beside(path)?;
    sweep_once(&directory);
    fill(temporary.file())?;
    temporary.file().sync_all()?;
    match over {
        Over::Replaces => fs::rename(temporary.path(), path)?,
        Over::Refuses => match disk.link(temporary.path(), path) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(e),
            // A file system without hard links, or one that forbids them; whatever else was wrong is wrong again.
            Err(_) => {
                drop(File::create_new(path)?);
                fs::rename(temporary.path(), path).inspect_err(|_| drop(fs::remove_file(path)))?;
            }
        },
    }
    disk.sync_directory(&directory)
}

#[cfg(test)]
mod tests;
