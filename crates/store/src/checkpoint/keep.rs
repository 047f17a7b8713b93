//! The two newest checkpoints of a run.

use super::{Checkpoint, CheckpointArray, read_checkpoint, write_checkpoint};
use crate::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Writes a checkpoint to `path`; the one that was there is kept as `NAME.previous`. At every moment a whole checkpoint has the name `path`, once there was one.
///
/// # Errors
/// As [`write_checkpoint`]; the older checkpoint is untouched then.
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

/// The checkpoint at `path`, or if that cannot be read the one before it, and why then.
///
/// # Errors
/// That of the newer one, if neither can be read.
pub fn kept_checkpoint<M: DeserializeOwned>(
    path: impl AsRef<Path>,
) -> Result<(Checkpoint<M>, Option<StoreError>), StoreError> {
    let path = path.as_ref();
    match read_checkpoint(path) {
        Ok(newest) => Ok((newest, None)),
        Err(e) => match read_checkpoint(previous(path)) {
            Ok(older) => Ok((older, Some(e))),
            Err(_) => Err(e),
        },
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

/// `resume.bin.previous` of `resume.bin`.
fn previous(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".previous");
    PathBuf::from(name)
}

/// Gives the file at `path`, if there is one, a second name, whatever had that.
fn link_over(path: &Path, second: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    match fs::remove_file(second) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    match fs::hard_link(path, second) {
        // A file system without hard links, or one that forbids them.
        Err(_) => fs::copy(path, second).map(|_| ()),
        linked => linked,
    }
}
