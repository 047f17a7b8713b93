//! Temporary files that are removed: by their writer, or, if that was killed, by the next one.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A file `.NAME.tmp.PID.K`, locked by its writer for as long as it lives and removed when dropped; after a rename there is nothing left
/// to remove.
///
/// The lock tells a file that is being written from a leftover: the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    file: File,
}

/// Two threads may write the same name; each then has its own temporary file.
static WRITES: AtomicU64 = AtomicU64::new(0);

impl Temporary {
    /// A new one for `path`, and the directory of both.
    pub fn beside(path: &Path) -> io::Result<(Self, PathBuf)> {
        let name =
            path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "not a file name"))?;
        let directory = directory_of(path);
        loop {
            let mut hidden = start_of_hidden(name);
            hidden.push(WRITES.fetch_add(1, Ordering::Relaxed).to_string());
            let path = directory.join(hidden);
            let file = match File::create_new(&path) {
                // Of a killed process that had the same number: the sweep sees to it.
                Err(e) if e.kind() == ErrorKind::AlreadyExists => continue,
                result => result?,
            };
            // A sweep may come between the two lines above and below: then the next name is tried.
            let locked = !matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if locked && path.symlink_metadata().is_ok() {
                return Ok((Self { path, file }, directory));
            }
        }
    }
    pub fn path(&self) -> &Path {
        &self.path
    }
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// `.NAME.tmp.PID.` with the number of this process; a count follows.
fn start_of_hidden(name: &OsStr) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".tmp.{}.", std::process::id()));
    hidden
}

/// Removes the temporary files in which this process is writing `path`, so that the file never gets its name: for a process that is about
/// to end. Those of other processes stay.
pub fn discard_unfinished(path: impl AsRef<Path>) {
    let path = path.as_ref();
    let Some(start) = path.file_name().map(start_of_hidden) else { return };
    let Ok(entries) = fs::read_dir(directory_of(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let count = name.as_encoded_bytes().strip_prefix(start.as_encoded_bytes());
        if count.is_some_and(|k| !k.is_empty() && k.iter().all(u8::is_ascii_digit)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes what killed writers left in a directory: files `.NAME.tmp.PID.K` that no process holds. A directory that cannot be read is
/// left as it is; so is one on a file system without locks.
pub fn sweep(directory: impl AsRef<Path>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let leftover = entry.file_name().to_str().is_some_and(is_ours);
        if !leftover || !entry.file_type().is_ok_and(|t| t.is_file()) {
            continue;
        }
        // Removed under its lock, so that no writer takes it for its own.
        if let Ok(file) = File::options().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// As [`sweep`], once a process for each directory.
pub(crate) fn sweep_once(directory: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.to_path_buf()) {
        sweep(directory);
    }
}

fn is_ours(name: &str) -> bool {
    let Some((name, rest)) = name.strip_prefix('.').and_then(|n| n.rsplit_once(".tmp.")) else {
        return false;
    };
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    !name.is_empty() && rest.split_once('.').is_some_and(|(pid, k)| number(pid) && number(k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write_atomic;

    #[test]
    fn leftovers_of_the_dead_are_swept_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str| fs::write(dir.path().join(name), b"x").unwrap();
        let dead = [".a.bin.tmp.4000000.0", ".b.safetensors.tmp.1.12"];
        let kept = [".a.bin.tmp", ".a.tmp.x.1", ".tmp.1.1", "a.bin.tmp.1.1", ".hidden", ".c.tmp.1.2.3"];
        dead.iter().chain(&kept).for_each(|name| make(name));
        fs::create_dir(dir.path().join(".d.tmp.1.1")).unwrap();
        let (living, _) = Temporary::beside(&dir.path().join("e.bin")).unwrap();
        write_atomic(dir.path().join("new.bin"), b"new").unwrap();
        for name in dead {
            assert!(!dir.path().join(name).exists(), "{name} stays");
        }
        for name in kept {
            assert!(dir.path().join(name).exists(), "{name} was removed");
        }
        assert!(dir.path().join(".d.tmp.1.1").is_dir() && living.path().exists());
        let path = living.path().to_path_buf();
        drop(living);
        assert!(!path.exists());
    }

    #[test]
    fn only_what_this_process_writes_is_discarded() {
        let dir = tempfile::tempdir().unwrap();
        let (path, id) = (dir.path().join("a.bin"), std::process::id());
        let (living, _) = Temporary::beside(&path).unwrap();
        let kept = [
            format!(".a.bin.tmp.1{id}9.0"),
            format!(".a.bin.tmp.1{id}.0"),
            format!(".a.bin.tmp.{id}9.0"),
            format!(".a.bin.tmp.1.{id}"),
            format!(".a.bin.tmp.{id}.x"),
            format!(".a.bin.tmp.{id}."),
            format!(".b.bin.tmp.{id}.0"),
            "a.bin".to_string(),
        ];
        kept.iter().for_each(|name| fs::write(dir.path().join(name), b"x").unwrap());
        discard_unfinished(&path);
        assert!(!living.path().exists());
        for name in &kept {
            assert!(dir.path().join(name).exists(), "{name} was removed");
        }
    }

    #[test]
    fn writers_and_sweepers_side_by_side_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|s| {
            for i in 0..3 {
                let path = dir.path().join(format!("{i}.bin"));
                s.spawn(move || (0..100u8).for_each(|k| write_atomic(&path, &[k; 100]).unwrap()));
            }
            s.spawn(|| (0..200).for_each(|_| sweep(dir.path())));
        });
        let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["0.bin", "1.bin", "2.bin"]);
    }
}
