//! Files that are there whole or not at all.

use crate::StoreError;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes `bytes` to `path`: a reader, or a run cut off at any moment, finds the old content or the new, never a part.
///
/// A temporary file `.NAME.tmp.PID.K` in the same directory is written and synced, takes the name by a rename, and the
/// directory is synced.
///
/// # Errors
/// [`StoreError::Io`]; the old file is then untouched and the temporary one removed.
pub fn write_atomic(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), StoreError> {
    let path = path.as_ref();
    replace(path, |file| file.write_all(bytes)).map_err(|source| StoreError::Io {
        action: "write",
        path: path.to_path_buf(),
        source,
    })
}

/// Two threads may write the same name; each then has its own temporary file and the last rename wins.
static WRITES: AtomicU64 = AtomicU64::new(0);

fn replace(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "not a file name"))?;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".tmp.{}.{}", std::process::id(), WRITES.fetch_add(1, Ordering::Relaxed)));
    let temporary = Temporary(directory.join(hidden));
    let mut file = File::create(&temporary.0)?;
    fill(&mut file)?;
    file.sync_all()?;
    drop(file); // some systems rename no open file
    fs::rename(&temporary.0, path)?;
    sync(directory)
}

/// Removed when dropped; after the rename there is nothing left to remove.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The rename itself survives a power cut only once the directory is on disk.
#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    match File::open(directory)?.sync_all() {
        // Some network file systems cannot sync a directory; the file itself is safe.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
fn sync(_directory: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_full_disk_at_any_offset_leaves_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        write_atomic(&path, b"old").unwrap();
        for offset in 0..200 {
            let full = replace(&path, |file| {
                file.write_all(&vec![7; offset])?;
                Err(ErrorKind::StorageFull.into())
            });
            assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(names(dir.path()), ["a.bin"]);
        }
        write_atomic(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(dir.path()), ["a.bin"]);
    }

    #[test]
    fn a_panic_while_writing_leaves_the_old_file_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        write_atomic(&path, b"old").unwrap();
        let result = std::panic::catch_unwind(|| replace(&path, |_| panic!("cut off")));
        assert!(result.is_err());
        assert_eq!(
            (fs::read(&path).unwrap(), names(dir.path())),
            (b"old".to_vec(), vec!["a.bin".to_string()])
        );
    }

    #[test]
    fn places_that_take_no_file_are_named_and_kept_clean() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        write_atomic(&file, b"old").unwrap();
        let taken = dir.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("inside"), b"kept").unwrap();
        for path in [file.join("below"), dir.path().join("no/such/folder"), taken, "/".into(), "..".into()] {
            let e = write_atomic(&path, b"new").unwrap_err().to_string();
            assert!(e.contains(&*path.display().to_string()), "{e}");
        }
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(names(dir.path()), ["file", "taken"]);
        assert_eq!(names(&dir.path().join("taken")), ["inside"]);
    }

    #[test]
    fn threads_that_write_one_name_leave_one_whole_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        std::thread::scope(|s| {
            for i in 0..4u8 {
                let path = &path;
                s.spawn(move || (0..10).for_each(|_| write_atomic(path, &[i; 5000]).unwrap()));
            }
        });
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() == 5000 && bytes.iter().all(|b| *b == bytes[0]));
        assert_eq!(names(dir.path()), ["a.bin"]);
    }
}
