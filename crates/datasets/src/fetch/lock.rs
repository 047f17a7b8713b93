//! One fetch at a time into one folder.

use super::{Event, FetchError};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

/// Holds the folder until it is dropped; waits for another holder at most `patience`.
///
/// The empty file stays behind: removing it would let two processes lock two files of one name.
pub(super) fn lock(
    folder: &Path,
    patience: Duration,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<File, FetchError> {
    let path = folder.join(".sparring-fetch.lock");
    let file = File::options().create(true).append(true).open(&path).map_err(FetchError::io(&path))?;
    let end = Instant::now() + patience;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // A file system without locks: alone is the usual case, and no file takes its name unverified anyway.
            Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(e)) => return Err(FetchError::io(&path)(e)),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => return Err(FetchError::Locked(path)),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    tell(Event::Waiting { lock: &path });
                    told = true;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}
