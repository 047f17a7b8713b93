//! Run directories: always new, tested before work starts, and gone again if nothing comes of it.

use super::made::Made;
use crate::cli::{Failure, Outcome};
use serde::Serialize;
use sparring::store::write_atomic;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A directory that this run made or found empty. Dropped before [`keep`](RunDir::keep), it takes back what was made.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    made: Made,
}

/// Shows other runs that an empty directory is taken; only one of them can create it.
const CLAIM: &str = ".claim";

/// What ends like this is a file.
const ENDINGS: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "svg",
    "pdf",
    "html",
    "htm",
    "json",
    "jsonl",
    "csv",
    "txt",
    "safetensors",
    "npz",
    "zip",
    "gz",
];

impl RunDir {
    /// `out`, or the first free `runs/NAME-K`.
    pub(crate) fn create(out: Option<&Path>, name: &str) -> Outcome<Self> {
        let made = Made::new();
        let path = match out {
            Some(path) => {
                is_no_file(path)?;
                made.folders(path).map_err(|e| cannot(path, &e))?;
                path.to_path_buf()
            }
            None => numbered(name, &made)?,
        };
        let run = Self { path, made };
        run.claim()?;
        Ok(run)
    }
    /// Of several runs that are given one directory, one gets it.
    fn claim(&self) -> Outcome {
        let path = &self.path;
        self.is_empty()?;
        let claim = path.join(CLAIM);
        match std::fs::File::create_new(&claim) {
            Ok(_) => self.made.file(&claim),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(taken(path)),
            // The run that made the directory has just failed and taken it back.
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(taken(path)),
            Err(e) => return Err(cannot(path, &e)),
        }
        // Another run may have come and gone between the two.
        self.is_empty()
    }
    /// Nothing but the claim is in it.
    fn is_empty(&self) -> Outcome {
        let path = &self.path;
        for entry in std::fs::read_dir(path).map_err(|e| cannot(path, &e))? {
            if entry.map_err(|e| cannot(path, &e))?.file_name() != CLAIM {
                return Err(Failure::Failed(format!(
                    "{} is not empty; nothing is ever written over: name another directory with --out",
                    path.display()
                )));
            }
        }
        Ok(())
    }
    /// A directory inside, for one model of several.
    pub(crate) fn inside(&self, name: &str) -> Outcome<Self> {
        Self::create(Some(&self.path.join(name)), name)
    }
    /// What is in it from now on stays, whatever comes.
    pub(crate) fn keep(&self) {
        // A file under its own name is there by now, so the directory is taken without the claim.
        let _ = std::fs::remove_file(self.path.join(CLAIM));
        self.made.keep();
    }
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
    /// A file in it that this run is about to write.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        self.made.file(&path);
        path
    }
    /// Writes a file whole or not at all.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Outcome {
        Ok(write_atomic(self.file(name), bytes)?)
    }
    /// Writes a JSON file for people to read.
    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) -> Outcome {
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        self.write(name, text.as_bytes())
    }
    /// Writes one JSON object a line.
    pub(crate) fn write_lines(&self, name: &str, rows: &[impl Serialize]) -> Outcome {
        let mut text = String::new();
        for row in rows {
            text.push_str(&serde_json::to_string(row)?);
            text.push('\n');
        }
        self.write(name, text.as_bytes())
    }
}

/// Refuses a file that exists, since nothing is ever written over, and a folder that does not, before any work.
pub(crate) fn free(file: &Path, flag: &str) -> Outcome {
    let shown = file.display();
    if file.symlink_metadata().is_ok() {
        let what = format!("{shown} exists; nothing is ever written over: name another file with {flag}");
        return Err(Failure::Failed(what));
    }
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    if folder.is_some_and(|f| !f.is_dir()) {
        return Err(Failure::Failed(format!("{shown}: its folder does not exist; make it first")));
    }
    Ok(())
}

/// Refuses a name whose ending says another format than the one written: `--out grid.jpg` would hold a PNG.
pub(crate) fn ending(file: &Path, flag: &str, wanted: &str) -> Outcome {
    if file.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    let shown = file.display();
    Err(Failure::Usage(format!(
        "{flag} {shown}: the file's name must end in .{wanted}, which is what is written"
    )))
}

/// The first free `runs/NAME-K`.
fn numbered(name: &str, made: &Made) -> Outcome<PathBuf> {
    let runs = Path::new("runs");
    let mut k = 1_u64;
    loop {
        made.folders(runs).map_err(|e| cannot(runs, &e))?;
        let path = runs.join(format!("{name}-{k}"));
        // Fails on an existing one, so two runs never share a number.
        match made.folder(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => k += 1,
            // Another run failed and took `runs` back.
            Err(e) if e.kind() == ErrorKind::NotFound && !runs.is_dir() => {}
            Err(e) => return Err(cannot(&path, &e)),
        }
    }
}

/// A run is a directory: a name that says otherwise is a slip.
fn is_no_file(path: &Path) -> Outcome {
    let shown = path.display();
    if path.as_os_str().is_empty() {
        return Err(Failure::Usage("--out: the directory's name is empty".into()));
    }
    if path.is_file() {
        return Err(Failure::Failed(format!(
            "{shown} is a file; a run needs a directory: name another with --out"
        )));
    }
    let known = path.extension().and_then(|e| ENDINGS.iter().find(|known| e.eq_ignore_ascii_case(known)));
    match known.filter(|_| !path.is_dir()) {
        None => Ok(()),
        Some(ending) => Err(Failure::Usage(format!(
            "--out {shown}: a run is a directory of several files, not a .{ending}; leave the ending out"
        ))),
    }
}

fn taken(path: &Path) -> Failure {
    Failure::Failed(format!(
        "{} is taken: another run writes there, or was killed there ({CLAIM} is in it); name another directory with --out",
        path.display()
    ))
}

fn cannot(path: &Path, e: &std::io::Error) -> Failure {
    Failure::Failed(format!(
        "{}: cannot write there ({e}); name another directory with --out",
        path.display()
    ))
}
