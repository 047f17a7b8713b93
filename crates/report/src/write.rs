//! A file is written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::ReportError;

/// Writes `bytes` to `path`: a new file beside it, synced, then renamed over it.
///
/// A reader sees the old content or the new, never half of it; after a failure nothing is left behind. What a killed writer leaves has
/// the name and the lock of `sparring_store`'s temporary files, so that its `sweep` removes it.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let failed = |source| ReportError::Write { path: path.to_path_buf(), source };
    let name = path.file_name().ok_or_else(|| failed(io::Error::other("not the name of a file")))?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut file, temporary) = create_beside(folder, name).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    // Until here, for its lock.
    drop(file);
    if let Err(source) = renamed {
        // The first error is the one worth telling; a leftover is only untidy.
        let _ = fs::remove_file(&temporary);
        return Err(failed(source));
    }
    // The rename itself must survive a power cut; systems that cannot sync a folder keep the file all the same.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A new file `.NAME.tmp.PID.K` that nobody has taken, in the same folder, so that the rename stays on one file system; locked for as long as it is
/// written, which tells it from a leftover.
fn create_beside(folder: &Path, name: &std::ffi::OsStr) -> io::Result<(File, PathBuf)> {
    for attempt in 0..1000 {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".tmp.{}.{attempt}", std::process::id()));
        let temporary = folder.join(hidden);
        let file = match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            result => result?,
        };
        // A sweep may come between the two lines above and below: then the next name is tried. A file system without locks has none to hold.
        let swept = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        if !swept && temporary.symlink_metadata().is_ok() {
            return Ok((file, temporary));
        }
    }
    Err(io::Error::other("too many unfinished .tmp files beside it: remove them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn replaces_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write_atomic(&path, b"old and longer").unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["report.html"]);
    }

    #[test]
    fn unfinished_file_has_a_name_that_is_swept_and_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let (file, path) = create_beside(folder.path(), "grid.png".as_ref()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&format!(".grid.png.tmp.{}.", std::process::id())), "{name}");
        assert!(File::open(&path).unwrap().try_lock().is_err());
        drop(file);
        assert!(File::open(&path).unwrap().try_lock().is_ok());
    }

    #[test]
    fn failure_names_the_file_and_cleans_up() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/such/report.html");
        let message = write_atomic(&missing, b"x").unwrap_err().to_string();
        assert!(message.contains("report.html"), "{message}");
        // A folder in the way: the rename fails after the temporary file was written.
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("keep"), b"").unwrap();
        assert!(write_atomic(&taken, b"x").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
