//! Run directories: always new, tested before work starts, and gone again if nothing comes of it.

mod claim;
mod made;

use crate::{StoreError, sweep, write_atomic};
use made::Made;
pub use made::take_back_all;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A directory that this run made or found empty. Dropped before [`keep`](RunDir::keep), it takes back what was made in it, the directories included,
/// and nothing of anyone else.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// let run = sparring_store::RunDir::numbered(&dir.path().join("runs"), "mlp")?;
/// run.write_json("config.json", &serde_json::json!({ "arch": "mlp" }))?;
/// run.append("metrics.jsonl", &serde_json::json!({ "epoch": 1 }))?;
/// run.keep();
/// assert!(run.path().ends_with("runs/mlp-1"));
/// assert!(sparring_store::RunDir::create(run.path()).is_err(), "nothing is written over");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    /// The file that says that a run lives here; it goes when the run ends, before the directory may.
    _claim: (Made, File),
    made: Made,
}

/// The file in which a run says what it was asked to do.
const CONFIG: &str = "config.json";
/// Files of rows that are larger are no run's.
const MOST_ROWS: u64 = 1 << 30;
/// Larger ones are no run's.
const MOST_CONFIG: u64 = 64 << 20;

fn failed(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { action: "write", path: path.to_path_buf(), source }
}

impl RunDir {
    /// A directory that does not exist yet, or is empty; what a killed run left of its claim on it is removed.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::Claimed`] if another run has it, [`StoreError::Io`] if it cannot be written to.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let made = Made::new();
        made.folders(path).map_err(|e| failed(path, e))?;
        Self::claimed(path.to_path_buf(), made)
    }
    /// The first of `parent/NAME-1`, `parent/NAME-2`, .. that does not exist; two runs never share a number.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn numbered(parent: &Path, name: &str) -> Result<Self, StoreError> {
        let (made, mut k) = (Made::new(), 1_u64);
        loop {
            made.folders(parent).map_err(|e| failed(parent, e))?;
            let path = parent.join(format!("{name}-{k}"));
            match made.folder(&path) {
                Ok(()) => return Self::claimed(path, made),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => k += 1,
                // Another run failed and took the parent back.
                Err(e) if e.kind() == ErrorKind::NotFound && !parent.is_dir() => {}
                Err(e) => return Err(failed(&path, e)),
            }
        }
    }
    /// A directory inside, for one model of several.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn inside(&self, name: &str) -> Result<Self, StoreError> {
        Self::create(&self.path.join(name))
    }
    fn claimed(path: PathBuf, made: Made) -> Result<Self, StoreError> {
        let claim = match Self::claim(&path) {
            // A run that has written something is named by that.
            Err(StoreError::Claimed { .. }) if claim::check_empty(&path).is_err() => {
                return Err(StoreError::NotEmpty { path });
            }
            claim => claim?,
        };
        // What a run that was killed at its very beginning was writing.
        sweep(&path);
        claim::check_empty(&path)?;
        Ok(Self { path, made, _claim: claim })
    }
    fn claim(path: &Path) -> Result<(Made, File), StoreError> {
        let claim = path.join(claim::NAME);
        let file = claim::take(&claim).map_err(|e| failed(path, e))?;
        let file =
            file.ok_or_else(|| StoreError::Claimed { path: path.into(), by: claim::holder(&claim) })?;
        let made = Made::new();
        made.file(&claim);
        Ok((made, file))
    }
    /// The directory of a run that was interrupted, to go on with it; nothing of it is ever taken back. Temporary files that a killed run left are removed.
    ///
    /// # Errors
    /// [`StoreError::Claimed`] if a run lives there, [`StoreError::Io`] if it cannot be written to.
    pub fn reopen(path: &Path) -> Result<Self, StoreError> {
        fs::read_dir(path).map_err(|source| StoreError::Io { action: "read", path: path.into(), source })?;
        let claim = Self::claim(path)?;
        sweep(path);
        let made = Made::new();
        made.keep();
        Ok(Self { path: path.to_path_buf(), made, _claim: claim })
    }
    /// What is in it from now on stays, whatever comes. Called once a file stands there under its own name, by which the directory is then taken.
    pub fn keep(&self) {
        self.made.keep();
    }
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// The path of a file in it that this run is about to write.
    pub fn file(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        self.made.file(&path);
        path
    }
    /// Writes a file whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        write_atomic(self.file(name), bytes)
    }
    /// Writes a JSON file for people to read.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Json`] for what JSON cannot hold.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        self.write(name, text.as_bytes())
    }
    /// Adds a JSON object as one line at the end of a file, and syncs it: a run that is killed keeps its rows.
    ///
    /// # Errors
    /// As [`write_json`](Self::write_json).
    pub fn append(&self, name: &str, row: &impl Serialize) -> Result<(), StoreError> {
        let mut line = serde_json::to_vec(row)?;
        line.push(b'\n');
        self.append_bytes(name, &line)
    }
    /// Adds bytes at the end of a file, and syncs it.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path.join(name);
        let _held = self.made.hold(&path);
        let add = || {
            let mut file = File::options().create(true).append(true).open(&path)?;
            file.write_all(bytes)?;
            file.sync_data()
        };
        add().map_err(|e| failed(&path, e))
    }
    /// The first `n` rows of a file of [`append`](Self::append)ed rows.
    ///
    /// # Errors
    /// [`StoreError::File`] if there are fewer, one is not a `Row`, or the file has more than 1 GiB; [`StoreError::Io`].
    pub fn rows<Row: DeserializeOwned>(&self, name: &str, n: usize) -> Result<Vec<Row>, StoreError> {
        let path = self.path.join(name);
        let of_file = |fault| StoreError::File { path: path.clone(), fault: Box::new(fault) };
        let text = self.text(name)?;
        let rows = text.split_inclusive('\n').take(n).map(serde_json::from_str);
        let rows = rows.collect::<Result<Vec<Row>, _>>().map_err(|e| of_file(e.into()))?;
        if rows.len() < n {
            return Err(of_file(StoreError::Rows { found: rows.len(), needed: n }));
        }
        Ok(rows)
    }
    /// Removes what follows the first `n` rows of such a file.
    ///
    /// # Errors
    /// [`StoreError::File`] of more than 1 GiB, [`StoreError::Io`].
    pub fn cut_rows(&self, name: &str, n: usize) -> Result<(), StoreError> {
        let text = self.text(name)?;
        let kept = text.split_inclusive('\n').take(n).map(str::len).sum::<usize>();
        if kept < text.len() { self.write(name, &text.as_bytes()[..kept]) } else { Ok(()) }
    }
    /// A file of rows; nothing where there is none.
    fn text(&self, name: &str) -> Result<String, StoreError> {
        let path = self.path.join(name);
        let read = |source| StoreError::Io { action: "read", path: path.clone(), source };
        match path.metadata() {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(e) => Err(read(e)),
            // Opening a pipe would wait for its other end.
            Ok(about) if !about.is_file() => {
                Err(read(std::io::Error::new(ErrorKind::InvalidInput, "not a file")))
            }
            Ok(about) if about.len() > MOST_ROWS => {
                let what = "a file of rows, in bytes,";
                Err(StoreError::TooLarge { what, got: about.len(), limit: MOST_ROWS }.at(&path))
            }
            Ok(_) => fs::read_to_string(&path).map_err(read),
        }
    }
}

/// The `config.json` of a run directory; `None` if it has none.
///
/// # Errors
/// [`StoreError::File`] if it is no file, larger than 64 MiB, or no JSON.
pub fn read_config(run: &Path) -> Result<Option<serde_json::Value>, StoreError> {
    let path = run.join(CONFIG);
    let Ok(about) = path.metadata() else { return Ok(None) };
    let of_file = |fault: StoreError| StoreError::File { path: path.clone(), fault: Box::new(fault) };
    if !about.is_file() {
        let source = std::io::Error::new(ErrorKind::InvalidInput, "not a file");
        return Err(StoreError::Io { action: "read", path, source });
    }
    if about.len() > MOST_CONFIG {
        let what = "a run's configuration, in bytes,";
        return Err(of_file(StoreError::TooLarge { what, got: about.len(), limit: MOST_CONFIG }));
    }
    let text = fs::read_to_string(&path);
    let text = text.map_err(|source| StoreError::Io { action: "read", path: path.clone(), source })?;
    serde_json::from_str(&text).map(Some).map_err(|e| of_file(e.into()))
}

#[cfg(test)]
mod tests;
