//! What a run has made, taken back if it does not come to its end: nobody has to clean up after a refusal, a failure or a signal.

use crate::discard_unfinished;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file or a folder of ours.
#[derive(Debug, PartialEq)]
enum Thing {
    File(PathBuf),
    /// The file stays once it has its name; what it is written in until then does not.
    Kept(PathBuf),
    Folder(PathBuf),
}

/// Everything that would be taken back now, in the order in which it was made; the number names the owner.
static MADE: Mutex<Vec<(usize, Thing)>> = Mutex::new(Vec::new());
static OWNERS: AtomicUsize = AtomicUsize::new(0);

/// The things of one piece of work. Dropped, it takes back what was not kept: files by their names, folders that are empty by
/// then, so that nothing of anyone else is ever removed.
#[derive(Debug)]
pub(crate) struct Made {
    owner: usize,
    kept: AtomicBool,
}

impl Made {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { owner: OWNERS.fetch_add(1, Ordering::Relaxed), kept: AtomicBool::new(false) }
    }
    /// A file that is, or soon will be, ours.
    pub fn file(&self, path: &Path) {
        drop(self.hold(path));
    }
    /// The same for a file that is written in place: nothing is taken back before the result is dropped.
    pub fn hold(&self, path: &Path) -> impl Sized + use<> {
        let thing = if self.kept.load(Ordering::Relaxed) { Thing::Kept } else { Thing::File };
        let (mut made, new) = (list(), (self.owner, thing(path.to_path_buf())));
        if !made.contains(&new) {
            made.push(new);
        }
        made
    }
    /// Makes a folder, which must not exist.
    pub fn folder(&self, path: &Path) -> std::io::Result<()> {
        // One lock for both: a signal in between would leave it behind.
        let mut made = list();
        std::fs::create_dir(path)?;
        made.push((self.owner, Thing::Folder(path.to_path_buf())));
        Ok(())
    }
    /// Makes a folder and those above it, as far as they are missing.
    pub fn folders(&self, path: &Path) -> std::io::Result<()> {
        let missing: Vec<&Path> =
            path.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.is_dir()).collect();
        for folder in missing.into_iter().rev() {
            match self.folder(folder) {
                // Another process was faster: then it is not ours.
                Err(_) if folder.is_dir() => {}
                made => made?,
            }
        }
        Ok(())
    }
    /// All of it stays, and every file that comes to it.
    pub fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
        list().retain(|(owner, _)| *owner != self.owner);
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let mut made = list();
        let (ours, others) = made.drain(..).partition(|(owner, _)| *owner == self.owner);
        *made = others;
        take_back(ours);
    }
}

/// Takes back what every [`RunDir`](crate::RunDir) of this process has made and not kept, before the process ends; whoever would make more waits until
/// the result is dropped.
pub fn take_back_all() -> impl Sized {
    let mut made = list();
    take_back(std::mem::take(&mut made));
    made
}

fn list() -> MutexGuard<'static, Vec<(usize, Thing)>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_back(things: Vec<(usize, Thing)>) {
    // Another thread may be writing one of the files: its temporary file goes first, so that the rename fails, and what was
    // too fast for that is gone after the second round.
    for _ in 0..2 {
        for (_, thing) in things.iter().rev() {
            match thing {
                Thing::File(path) => {
                    discard_unfinished(path);
                    let _ = std::fs::remove_file(path);
                }
                Thing::Kept(path) => discard_unfinished(path),
                Thing::Folder(path) => {
                    let _ = std::fs::remove_dir(path);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_goes_and_what_was_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().to_path_buf();
        let write = |path: &Path| std::fs::write(path, b"x").unwrap();
        let made = Made::new();
        let folder = base.join("a/b");
        made.folders(&folder).unwrap();
        made.file(&folder.join("ours"));
        write(&folder.join("ours"));
        write(&folder.join(format!(".ours.tmp.{}.7", std::process::id())));
        let another = base.join(format!(".b.tmp.1{}9.0", std::process::id()));
        write(&another);
        made.file(&base.join("b"));
        assert!(made.folder(&base).is_err(), "a folder that exists is not ours");
        drop(made);
        assert!(base.is_dir() && !base.join("a").exists());
        assert!(another.is_file(), "what another process writes is not ours");

        let made = Made::new();
        made.folders(&folder).unwrap();
        write(&folder.join("another's"));
        drop(made);
        assert!(folder.join("another's").is_file());

        let made = Made::new();
        made.file(&folder.join("kept"));
        write(&folder.join("kept"));
        made.keep();
        made.file(&folder.join("later"));
        write(&folder.join("later"));
        drop(made);
        assert!(folder.join("kept").is_file() && folder.join("later").is_file());
    }
}
