//! What lies in a folder that is given by its path, and a known set in its folder.

use crate::catalogue::DatasetEntry;
use crate::cifar::Cifar10;
use crate::emnist::Emnist;
use crate::image_folder::ImageFolder;
use crate::mnist::{Kind, holds_any, load_dir};
use crate::qmnist::Qmnist;
use crate::{DataError, Dataset, Provenance};
use std::path::Path;

/// Whether a folder holds a file of any set.
pub(crate) fn holds_something(dir: &Path) -> bool {
    holds_any(dir)
        || Qmnist::is_in(dir)
        || Cifar10::is_in(dir)
        || Emnist::is_in(dir)
        || ImageFolder::is_in(dir)
}

/// The set of a folder, whatever it is.
pub(crate) fn load_folder(dir: &Path) -> Result<Dataset, DataError> {
    if holds_any(dir) {
        return load_dir(dir, Kind::Any);
    }
    if Qmnist::is_in(dir) {
        return Qmnist::load(dir);
    }
    if Cifar10::is_in(dir) {
        return Cifar10::load(dir);
    }
    match (&Emnist::in_files(dir)[..], Emnist::is_in(dir)) {
        (&[one], _) => one.load(dir),
        (_, true) => {
            let names: Vec<String> =
                Emnist::ALL.iter().map(|s| dir.join(s.name()).display().to_string()).collect();
            let problem = format!("holds several splits of EMNIST; say which one: {}", names.join(", "));
            Err(DataError::Unfit { path: dir.into(), problem })
        }
        _ if ImageFolder::is_in(dir) => ImageFolder::load(dir),
        _ => load_dir(dir, Kind::Any),
    }
}

/// The split of EMNIST that a path names: `FOLDER/emnist-letters`, where that is no folder itself.
pub(crate) fn emnist_at(path: &Path) -> Option<Result<Dataset, DataError>> {
    let split = Emnist::ALL.into_iter().find(|s| path.ends_with(s.name()))?;
    let folder = path.parent().filter(|f| !path.exists() && Emnist::is_in(f))?;
    Some(split.load(folder))
}

/// A known set from its folder.
///
/// # Errors
/// [`DataError::WrongSet`] where its files are not proved to be the set's; and as it is loaded.
pub(crate) fn load_known(dir: &Path, entry: &DatasetEntry) -> Result<Dataset, DataError> {
    let emnist = Emnist::ALL.into_iter().find(|s| s.name() == entry.name);
    let set = match (entry.name, emnist) {
        (_, Some(split)) => split.load(dir),
        ("mnist", _) => load_dir(dir, Kind::Mnist),
        ("fashion-mnist", _) => load_dir(dir, Kind::FashionMnist),
        ("kmnist", _) => load_dir(dir, Kind::Kmnist),
        ("qmnist", _) => Qmnist::load(dir),
        _ => Cifar10::load(dir),
    }?;
    if matches!(set.provenance, Provenance::Verified(_)) {
        return Ok(set);
    }
    let path = if emnist.is_some() { dir.join(entry.name) } else { dir.into() };
    let why = if matches!(entry.name, "mnist" | "fashion-mnist") {
        "the SHA-256 is not the pinned one"
    } else {
        "the digests are not the pinned ones, which are those of the files as they are served, packed"
    };
    let found =
        format!("the form is right but {why} (to use it as it is, give the path {})", path_form(&path));
    Err(DataError::WrongSet { dir: dir.into(), wanted: entry.name.into(), found })
}

/// The folder as `find` would take it for a path.
fn path_form(dir: &Path) -> String {
    let text = dir.display().to_string();
    if text.contains(['/', '\\']) { text } else { format!("./{text}") }
}
