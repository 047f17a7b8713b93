//! Copying from a folder instead of the network.

use super::partial::Partial;
use super::verify::{Stored, verify};
use super::{Download, Event, FetchError, Trouble};
use crate::pinned::PinnedFile;
use crate::place::name_it;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Copies one file out of `from`, packed or not; the copy is what is verified, before it takes its name.
pub(super) fn copy(
    request: &Download<'_>,
    from: &Path,
    file: &PinnedFile<'_>,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<PathBuf, FetchError> {
    let candidates = [from.join(file.name), from.join(format!("{}.gz", file.name))];
    let source = candidates.into_iter().find(|p| p.is_file());
    let source = source.ok_or_else(|| FetchError::NotThere { from: from.into(), file: file.name.into() })?;
    let part = Partial::copy(&request.to, file.name);
    let copied = pour(&source, part.path())
        .and_then(|()| {
            verify(part.path(), file).map_err(|trouble| match trouble {
                Trouble::Disk { path, source } => FetchError::Io { path, source },
                trouble => FetchError::WrongCopy {
                    dataset: request.dataset.name.into(),
                    path: source.clone(),
                    trouble,
                },
            })
        })
        .and_then(|stored| {
            let ending = if stored == Stored::Gzip { ".gz" } else { "" };
            let path = request.to.join(format!("{}{ending}", file.name));
            name_it(part.path(), &path).map_err(FetchError::io(&path))?;
            Ok(path)
        });
    if copied.is_err() {
        part.discard();
    }
    let path = copied?;
    tell(Event::Stored { file: file.name, path: &path });
    Ok(path)
}

/// Copies bytes; the error names the file that made it. Not `fs::copy`: a read-only original would make a copy that cannot be
/// synced.
fn pour(source: &Path, target: &Path) -> Result<(), FetchError> {
    let mut input = File::open(source).map_err(FetchError::io(source))?;
    let mut out = File::create(target).map_err(FetchError::io(target))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = match input.read(&mut buffer) {
            Ok(0) => return out.sync_all().map_err(FetchError::io(target)),
            Ok(n) => n,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(FetchError::io(source)(e)),
        };
        out.write_all(&buffer[..n]).map_err(FetchError::io(target))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_and_not_the_file_that_was_read() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("source");
        std::fs::write(&source, [7; 100]).unwrap();
        let text = pour(&source, Path::new("/dev/full")).unwrap_err().to_string();
        assert!(text.starts_with("/dev/full") && !text.contains("source"), "{text}");
        let text = pour(&dir.path().join("absent"), &dir.path().join("target")).unwrap_err().to_string();
        assert!(text.contains("absent") && !dir.path().join("target").exists(), "{text}");
    }
}
