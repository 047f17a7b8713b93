//! The whole of it: look, lock, look again, bring what is missing.

use super::client::Client;
use super::partial::Partial;
use super::verify::verify;
use super::{Done, Download, Event, FetchError, Outcome, Trouble, local, lock, mirrors};
use crate::pinned::PinnedFile;
use std::path::PathBuf;

/// Puts the set's files into the folder, verified; does nothing where they are already.
///
/// `tell` hears of every step; the library itself prints nothing.
///
/// # Errors
/// [`FetchError`] names what failed and the way out. Under the files' names there is then what was there before.
pub fn fetch(request: &Download<'_>, tell: &mut dyn FnMut(Event<'_>)) -> Result<Outcome, FetchError> {
    request.validate()?;
    // Before the lock, so that a folder that is complete may be read-only.
    let mut found = survey(request)?;
    let mut brought = 0;
    if found.iter().any(Option::is_none) {
        let made: Vec<PathBuf> = request
            .to
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && !p.is_dir())
            .map(Into::into)
            .collect();
        let held = lock::lock(&request.to, request.pace.total, tell)?;
        // Another process may have brought them while this one waited.
        let done = survey(request).and_then(|now| {
            found = now;
            bring_missing(request, &mut found, tell)
        });
        sweep(request, &found);
        brought = match done {
            Ok(brought) => brought,
            Err(e) => {
                held.take_back(&made);
                return Err(e);
            }
        };
    } else if partials(request).any(|p| p.exists())
        && let Ok(Some(_held)) = lock::try_lock(&request.to)
    {
        sweep(request, &found);
    }
    if brought == 0 {
        request.dataset.files.iter().for_each(|f| tell(Event::Present { file: f.name }));
    }
    let done = match (brought, &request.from) {
        (0, _) => Done::Nothing,
        (n, None) => Done::Fetched(n),
        (n, Some(_)) => Done::Copied(n),
    };
    Ok(Outcome {
        dataset: request.dataset.name.into(),
        folder: request.to.clone(),
        files: found.into_iter().flatten().collect(),
        done,
    })
}

/// What fetches write before a file has its name: of every file the download and the copy.
fn partials<'r>(request: &'r Download<'_>) -> impl Iterator<Item = Partial> + 'r {
    let of = |file: &PinnedFile<'_>| {
        [Partial::download(&request.to, file.name), Partial::copy(&request.to, file.name)]
    };
    request.dataset.files.iter().flat_map(of)
}

/// Removes what fetches that were killed left behind and nobody needs any more: copies, and downloads of files that are there. The lock
/// is held, so nobody is writing them.
fn sweep(request: &Download<'_>, found: &[Option<PathBuf>]) {
    for (i, partial) in partials(request).enumerate() {
        if partial.is_copy() || found[i / 2].is_some() {
            partial.discard();
        }
    }
}

/// Each file's path where it is there and right.
fn survey(request: &Download<'_>) -> Result<Vec<Option<PathBuf>>, FetchError> {
    let mut found = Vec::new();
    for file in request.dataset.files {
        // The loader's order: the unpacked file is the one that would be read.
        let candidates = [request.to.join(file.name), request.to.join(format!("{}.gz", file.name))];
        let path = candidates.into_iter().find(|p| p.symlink_metadata().is_ok());
        if let Some(path) = &path {
            verify(path, file).map_err(|trouble| match trouble {
                Trouble::Disk { path, source } => FetchError::Io { path, source },
                trouble => {
                    FetchError::Occupied { dataset: request.dataset.name.into(), path: path.clone(), trouble }
                }
            })?;
        }
        found.push(path);
    }
    Ok(found)
}

fn bring_missing(
    request: &Download<'_>,
    found: &mut [Option<PathBuf>],
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<usize, FetchError> {
    let client = Client::new(request.pace, request.proxies);
    let mut brought = 0;
    for i in 0..found.len() {
        let file = &request.dataset.files[i];
        if found[i].is_some() {
            continue;
        }
        let path = match &request.from {
            Some(from) => local::copy(request, from, file, tell)?,
            None => match mirrors::bring(request, &client, file, tell) {
                Ok(Ok(path)) => path,
                Ok(Err(tried)) => return Err(unavailable(request, found, tried)),
                Err(Trouble::Disk { path, source }) => return Err(FetchError::Io { path, source }),
                Err(other) => return Err(unavailable(request, found, vec![other.to_string()])),
            },
        };
        found[i] = Some(path);
        brought += 1;
    }
    Ok(brought)
}

fn unavailable(request: &Download<'_>, found: &[Option<PathBuf>], tried: Vec<String>) -> FetchError {
    let files = request.dataset.files.iter().zip(found);
    FetchError::Unavailable {
        dataset: request.dataset.name.into(),
        to: request.to.clone(),
        missing: files.filter(|(_, f)| f.is_none()).map(|(f, _)| f.served_name()).collect(),
        mirrors: request.dataset.mirrors.iter().map(|m| (*m).to_string()).collect(),
        tried,
    }
}
