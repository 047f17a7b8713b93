//! A file takes its name only when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` beside `path`, syncs and renames; removes its own traces when that fails.
pub(crate) fn place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"))?;
    let temp = path.with_file_name(format!(".{}.tmp.{}", name.to_string_lossy(), std::process::id()));
    let written = File::create(&temp).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()));
    let placed = written.and_then(|()| name_it(&temp, path));
    if placed.is_err() {
        let _ = fs::remove_file(&temp);
    }
    placed
}

/// Renames a synced file and syncs the folder, so that the name survives a loss of power too.
pub(crate) fn name_it(temp: &Path, path: &Path) -> io::Result<()> {
    fs::rename(temp, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
