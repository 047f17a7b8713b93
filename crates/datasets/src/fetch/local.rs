//! Copying from a folder instead of the network.

use super::partial::Partial;
use super::verify::{Stored, verify};
use super::{Event, FetchError, Request, Trouble};
use crate::mnist::PinnedFile;
use crate::place::name_it;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Copies one file out of `from`, packed or not; the copy is what is verified, before it takes its name.
pub(super) fn copy(
    request: &Request<'_>,
    from: &Path,
    file: &PinnedFile<'_>,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<PathBuf, FetchError> {
    let candidates = [from.join(file.name), from.join(format!("{}.gz", file.name))];
    let source = candidates.into_iter().find(|p| p.is_file());
    let source = source.ok_or_else(|| FetchError::NotThere { from: from.into(), file: file.name.into() })?;
    let part = Partial::new(&request.to, &format!("{}.copy", file.name));
    // Not `fs::copy`: a read-only original would make a copy that cannot be synced.
    let pour = || {
        let mut out = File::create(part.path())?;
        io::copy(&mut File::open(&source)?, &mut out)?;
        out.sync_all()
    };
    let copied = pour()
        .map_err(FetchError::io(&source))
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
