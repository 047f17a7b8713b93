//! Of several runs that are given one directory, one gets it.

use crate::StoreError;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shows other runs that an empty directory is taken.
pub(super) const NAME: &str = ".claim";

/// Two runs of one process write different words into their claims.
static CLAIMS: AtomicU64 = AtomicU64::new(0);

/// Takes the file `claim`; `None` if another run has it. It is locked for as long as its run lives, so that what a killed run left is taken over:
/// the system releases the lock when a process ends, however it ends. On a file system without locks only a new file is taken.
pub(super) fn take(claim: &Path) -> io::Result<Option<File>> {
    let (mut file, new) = match File::create_new(claim) {
        Ok(file) => (file, true),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => match File::options().write(true).open(claim) {
            Ok(file) => (file, false),
            // Its run has just ended.
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        },
        // The run that made the directory has just failed and taken it back.
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(_)) if new => {}
        Err(_) => return Ok(None),
    }
    // The file may have been removed, and made again by another run, before the lock: the name then leads to other words.
    let words = format!("{} {}\n", std::process::id(), CLAIMS.fetch_add(1, Ordering::Relaxed));
    file.set_len(0)?;
    file.write_all(words.as_bytes())?;
    let ours = match fs::read(claim) {
        Ok(found) => found == words.as_bytes(),
        Err(e) => e.kind() != ErrorKind::NotFound && new,
    };
    Ok(ours.then_some(file))
}

/// The number of the process that wrote a claim, where it can be read.
pub(super) fn holder(claim: &Path) -> Option<u32> {
    fs::read_to_string(claim).ok()?.split(' ').next()?.parse().ok()
}

/// Nothing but the claim is in the directory.
pub(super) fn check_empty(directory: &Path) -> Result<(), StoreError> {
    let io = |source| StoreError::Io { action: "read", path: directory.to_path_buf(), source };
    for entry in fs::read_dir(directory).map_err(io)? {
        if entry.map_err(io)?.file_name() != NAME {
            return Err(StoreError::NotEmpty { path: directory.to_path_buf() });
        }
    }
    Ok(())
}
