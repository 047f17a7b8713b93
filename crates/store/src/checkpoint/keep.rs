//! The two newest checkpoints of a run.

use super::{Checkpoint, CheckpointArray, read_checkpoint, write_checkpoint};
use crate::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Writes a checkpoint to `path`; the one that was there, which the caller knows to be whole, is kept as [`previous`]. At every moment a whole checkpoint has the name `path`, once there was one.
///
/// # Errors
/// As [`write_checkpoint`]; what was at `path` is untouched then.
pub fn keep_checkpoint<M: Serialize>(
    path: impl AsRef<Path>,
    value: &M,
    arrays: &[CheckpointArray<'_>],
) -> Result<(), StoreError> {
    let path = path.as_ref();
    let older = previous(path);
    link_over(path, &older).map_err(|source| StoreError::Io { action: "write", path: older, source })?;
    write_checkpoint(path, value, arrays)
}

/// The checkpoint at `path`; if that is not there or not whole, the one before it, and why. It is then not to be [kept](keep_checkpoint), but [written over](write_checkpoint).
///
/// # Errors
/// That of the newer one, if neither can be read, and where going back would lose what is whole: the system does not let it be read, or a later version wrote it.
pub fn kept_checkpoint<M: DeserializeOwned>(
    path: impl AsRef<Path>,
) -> Result<(Checkpoint<M>, Option<StoreError>), StoreError> {
    let path = path.as_ref();
    match read_checkpoint(path) {
        Ok(newest) => Ok((newest, None)),
        Err(e) if is_spoilt(&e) => match read_checkpoint(previous(path)) {
            Ok(older) => Ok((older, Some(e))),
            Err(_) => Err(e),
        },
        Err(e) => Err(e),
    }
}

/// Removes the checkpoint before the one at `path`, if there is one.
///
/// # Errors
/// [`StoreError::Io`].
pub fn drop_previous(path: impl AsRef<Path>) -> Result<(), StoreError> {
    let path = previous(path.as_ref());
    match fs::remove_file(&path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(StoreError::Io { action: "remove", path, source })
        }
        _ => Ok(()),
    }
}

/// Whether an older state is the better one.
fn is_spoilt(e: &StoreError) -> bool {
    match e.reason() {
        StoreError::Io { source, .. } => source.kind() == ErrorKind::NotFound,
        StoreError::Future { .. } => false,
        _ => true,
    }
}

/// Where the checkpoint before the one at `path` is: `resume.bin.previous` of `resume.bin`.
pub fn previous(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".previous");
    PathBuf::from(name)
}

/// Gives the file at `path`, if there is one, a second name, whatever had that.
fn link_over(path: &Path, second: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    // The name changes hands in one step: at no moment is there only one of the two.
    let mut between = second.as_os_str().to_os_string();
    between.push(".new");
    let between = PathBuf::from(between);
    match fs::remove_file(&between) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    // A file system without hard links, or one that forbids them, makes a copy.
    if fs::hard_link(path, &between).is_err() {
        fs::copy(path, &between)?;
    }
    fs::rename(&between, second)
}
