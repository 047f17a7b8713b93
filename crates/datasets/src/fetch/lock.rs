//! One fetch at a time into one folder.

use super::{Event, FetchError};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder's lock, held until it is dropped. Its empty file stays behind in a folder that holds something.
#[derive(Debug)]
pub(super) struct Held {
    _file: File,
    path: PathBuf,
}

/// Holds the folder, which is made where it is missing; waits for another holder at most `patience`.
pub(super) fn lock(
    folder: &Path,
    patience: Duration,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<Held, FetchError> {
    let end = Instant::now() + patience;
    let mut told = false;
    loop {
        if let Some(held) = try_lock(folder)? {
            return Ok(held);
        }
        let path = file_of(folder);
        if Instant::now() >= end {
            return Err(FetchError::Locked(path));
        }
        if !told {
            tell(Event::Waiting { lock: &path });
            told = true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Holds the folder if nobody else does.
pub(super) fn try_lock(folder: &Path) -> Result<Option<Held>, FetchError> {
    fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
    let path = file_of(folder);
    let file = match File::options().create(true).append(true).open(&path) {
        Ok(file) => file,
        // A fetch that failed took the folder back.
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(FetchError::io(&path)(e)),
    };
    match file.try_lock() {
        Ok(()) => Ok(is_there(&file, &path).then_some(Held { _file: file, path })),
        // A file system without locks: alone is the usual case, and no file takes its name unverified anyway.
        Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => {
            Ok(Some(Held { _file: file, path }))
        }
        Err(TryLockError::Error(e)) => Err(FetchError::io(&path)(e)),
        Err(TryLockError::WouldBlock) => Ok(None),
    }
}

impl Held {
    /// Takes back the lock's file and the folders `made`, deepest first, if there is nothing else in them.
    pub(super) fn take_back(self, made: &[PathBuf]) {
        let Some(folder) = made.first() else { return };
        let alone = |mut entries: fs::ReadDir| entries.all(|e| e.is_ok_and(|e| e.path() == self.path));
        if fs::read_dir(folder).is_ok_and(alone) {
            // Before the lock is released: whoever waits for it finds that its file is gone.
            let _ = fs::remove_file(&self.path);
            made.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        }
    }
}

fn file_of(folder: &Path) -> PathBuf {
    folder.join(".sparring-fetch.lock")
}

/// Whether the locked file still has its name; else another process could lock a new one of that name.
#[cfg(unix)]
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let both = file.metadata().and_then(|a| Ok((a, fs::metadata(path)?)));
    both.is_ok_and(|(a, b)| (a.dev(), a.ino()) == (b.dev(), b.ino()))
}

#[cfg(not(unix))]
fn is_there(_: &File, path: &Path) -> bool {
    path.is_file()
}
