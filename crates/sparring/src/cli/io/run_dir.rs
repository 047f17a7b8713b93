//! Run directories: always new, tested before work starts.

use crate::cli::{Failure, Outcome};
use serde::Serialize;
use sparring::store::write_atomic;
use std::path::{Path, PathBuf};

/// A directory that this run made or found empty.
#[derive(Clone, Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// `out`, or the first free `runs/NAME-K`.
    pub(crate) fn create(out: Option<&Path>, name: &str) -> Outcome<Self> {
        let path = match out {
            Some(path) => {
                if path.is_dir() {
                    let mut entries = std::fs::read_dir(path).map_err(|e| Failure::at(path, e))?;
                    if entries.next().is_some() {
                        return Err(Failure::Failed(format!(
                            "{} is not empty; nothing is ever written over: name another directory with --out",
                            path.display()
                        )));
                    }
                }
                std::fs::create_dir_all(path).map_err(|e| cannot(path, &e))?;
                path.to_path_buf()
            }
            None => {
                std::fs::create_dir_all("runs").map_err(|e| cannot(Path::new("runs"), &e))?;
                let mut k = 1;
                loop {
                    let path = PathBuf::from(format!("runs/{name}-{k}"));
                    // create_dir fails on an existing one, so two runs never share a number.
                    match std::fs::create_dir(&path) {
                        Ok(()) => break path,
                        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => k += 1,
                        Err(e) => return Err(cannot(&path, &e)),
                    }
                }
            }
        };
        let run = Self { path };
        let probe = run.file(".writable");
        std::fs::write(&probe, b"")
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(|e| cannot(&run.path, &e))?;
        Ok(run)
    }
    /// A directory inside, for one model of several.
    pub(crate) fn inside(&self, name: &str) -> Outcome<Self> {
        Self::create(Some(&self.file(name)), name)
    }
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
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

fn cannot(path: &Path, e: &std::io::Error) -> Failure {
    Failure::Failed(format!(
        "{}: cannot write there ({e}); name another directory with --out",
        path.display()
    ))
}
