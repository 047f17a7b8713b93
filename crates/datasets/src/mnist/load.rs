//! Four files of a folder become a data set.

use super::pinned::{NAMES, SETS};
use crate::digest::Hasher;
use crate::idx::{self, IdxValues, Limits, header_bytes};
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use std::path::{Path, PathBuf};

/// Which set a folder is expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Digits, or an unknown set in their form.
    Mnist,
    /// Clothes, or an unknown set in their form.
    FashionMnist,
    /// Whatever it holds.
    Any,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Any => "",
        }
    }
}

/// The four files of the MNIST family from `dir`, each with or without `.gz` and under any of the spellings in use
/// (`train-images.idx3-ubyte`, `TRAIN_IMAGES_IDX3_UBYTE`, `test-` for `t10k-`): 28 x 28 images of bytes, labels 0 to 9, as
/// many labels as images.
///
/// Files with the pinned SHA-256 make the set [`Verified`](Provenance::Verified); others of the right form are taken
/// as [`Unknown`](Provenance::Unknown). The set is called by the name it is proved to have, or by `kind`'s, or the folder's.
///
/// # Errors
/// [`DataError::Missing`] names absent files and how to get them; [`DataError::Idx`], [`DataError::Io`] and
/// [`DataError::Unfit`] name the file and the trouble; [`DataError::WrongSet`] tells that the files are proved to be another
/// set than `kind`, or of two.
pub fn load_dir(dir: impl AsRef<Path>, kind: Kind) -> Result<Dataset, DataError> {
    let dir = dir.as_ref();
    let paths = locate(dir, kind)?;
    let train = images(&paths[0])?;
    let train_labels = labels(&paths[1], &train, &paths[0])?;
    let test = images(&paths[2])?;
    let test_labels = labels(&paths[3], &test, &paths[2])?;
    let files = [&train, &train_labels, &test, &test_labels];
    let proved = identify(dir, kind, files.map(|f| f.sha256.as_str()))?;
    let (name, provenance) = match proved {
        Some(name) => (name.to_string(), Provenance::Verified(name.into())),
        None if kind == Kind::Any => (folder_name(dir), Provenance::Unknown),
        None => (kind.name().to_string(), Provenance::Unknown),
    };
    let split =
        |images: File, labels: File| Split::new(Pixels::U8(images.bytes.into()), [1, 28, 28], labels.bytes);
    Dataset::new(name, split(train, train_labels)?, split(test, test_labels)?, 10, provenance)
}

struct File {
    count: usize,
    bytes: Vec<u8>,
    sha256: String,
}

/// Whether at least one of the four files is in `dir`.
pub(crate) fn holds_any(dir: &Path) -> bool {
    NAMES.iter().any(|name| find_file(dir, name).is_some())
}

/// The file of that name, raw before packed; else the first in order of another spelling.
fn find_file(dir: &Path, name: &str) -> Option<PathBuf> {
    let exact = [dir.join(name), dir.join(format!("{name}.gz"))].into_iter().find(|p| p.is_file());
    exact.or_else(|| {
        let spelt = |p: &PathBuf| p.file_name().and_then(|n| n.to_str()).is_some_and(|n| spelling(n) == name);
        let entries = std::fs::read_dir(dir).ok()?.flatten().map(|entry| entry.path());
        entries.filter(|p| spelt(p) && p.is_file()).min()
    })
}

/// A file name as the set's authors would spell it: archives have dots or underscores for dashes, capitals, and `test` for `t10k`.
fn spelling(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let dashes = name.strip_suffix(".gz").unwrap_or(&name).replace(['.', '_'], "-");
    dashes.strip_prefix("test-").map_or(dashes.clone(), |rest| format!("t10k-{rest}"))
}

fn locate(dir: &Path, kind: Kind) -> Result<Vec<PathBuf>, DataError> {
    let found = NAMES.map(|name| find_file(dir, name));
    if found.iter().any(Option::is_none) {
        let files = NAMES.iter().zip(&found).filter(|(_, f)| f.is_none()).map(|(n, _)| (*n).into()).collect();
        return Err(DataError::Missing { dir: dir.into(), files, set: kind.name().into() });
    }
    Ok(found.into_iter().flatten().collect())
}

fn bytes(path: &Path, rank: usize) -> Result<(Vec<usize>, File), DataError> {
    let (shape, values) = idx::read(path, &Limits::default())?.into_parts();
    match values {
        IdxValues::U8(bytes) if shape.len() == rank => {
            let mut hasher = Hasher::default();
            hasher.update(&header_bytes(0x08, &shape));
            hasher.update(&bytes);
            let count = shape[0];
            Ok((shape, File { count, bytes, sha256: hasher.finish() }))
        }
        _ => Err(unfit(path, format!("holds an array of shape {shape:?}; bytes of rank {rank} belong here"))),
    }
}

fn images(path: &Path) -> Result<File, DataError> {
    let (shape, file) = bytes(path, 3)?;
    match shape[..] {
        [n, 28, 28] if n > 0 => Ok(file),
        _ => Err(unfit(path, format!("holds an array of shape {shape:?}; images of 28 x 28 belong here"))),
    }
}

fn labels(path: &Path, images: &File, images_path: &Path) -> Result<File, DataError> {
    let (_, file) = bytes(path, 1)?;
    if file.count != images.count {
        let (l, n, p) = (file.count, images.count, images_path.display());
        return Err(unfit(path, format!("holds {l} labels for the {n} images of {p}")));
    }
    match file.bytes.iter().position(|&b| b > 9) {
        Some(i) => Err(unfit(path, format!("label {i} is {}; 0 to 9 are possible", file.bytes[i]))),
        None => Ok(file),
    }
}

/// The set whose pinned hashes all four files have; an error when they prove another one than `kind`, or two.
fn identify(dir: &Path, kind: Kind, digests: [&str; 4]) -> Result<Option<&'static str>, DataError> {
    let owner = |i: usize| SETS.iter().find(|s| s.files[i].sha256 == digests[i]).map(|s| s.name);
    let owners = [owner(0), owner(1), owner(2), owner(3)];
    let mut names: Vec<&str> = owners.into_iter().flatten().collect();
    names.dedup();
    let wrong = |found: String| {
        let wanted = if kind == Kind::Any { "one set".into() } else { kind.name().to_string() };
        Err(DataError::WrongSet { dir: dir.into(), wanted, found })
    };
    match names[..] {
        [] => Ok(None),
        [one] if kind != Kind::Any && one != kind.name() => wrong(format!("its files are {one}'s")),
        [one] => Ok(owners.iter().all(Option::is_some).then_some(one)),
        _ => wrong("its files are of two sets".into()),
    }
}

fn folder_name(dir: &Path) -> String {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.into());
    whole.file_name().map_or_else(|| "folder".into(), |n| n.to_string_lossy().into_owned())
}

fn unfit(path: &Path, problem: String) -> DataError {
    DataError::Unfit { path: path.into(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mnist::{FASHION_MNIST, MNIST};

    #[test]
    fn the_hashes_of_four_files_prove_a_set_or_a_mix_up() {
        let (m, f) = (MNIST.files, FASHION_MNIST.files);
        let of = |kind, files: [&str; 4]| identify(Path::new("here"), kind, files);
        let whole = [0, 1, 2, 3].map(|i| m[i].sha256);
        assert_eq!(of(Kind::Mnist, whole).unwrap(), Some("mnist"));
        assert_eq!(of(Kind::Any, whole).unwrap(), Some("mnist"));
        assert_eq!(of(Kind::Mnist, ["", "", "", ""]).unwrap(), None);
        assert_eq!(of(Kind::Mnist, [whole[0], "changed", whole[2], whole[3]]).unwrap(), None);
        let text = of(Kind::FashionMnist, whole).unwrap_err().to_string();
        assert!(text.contains("mnist's") && text.contains("hold fashion-mnist"), "{text}");
        for kind in [Kind::Any, Kind::Mnist, Kind::FashionMnist] {
            let mixed = of(kind, [m[0].sha256, f[1].sha256, m[2].sha256, m[3].sha256]);
            assert!(mixed.unwrap_err().to_string().contains("two sets"));
        }
        // The right hash under another file's name proves nothing.
        assert_eq!(of(Kind::Any, [m[2].sha256, m[3].sha256, m[0].sha256, m[1].sha256]).unwrap(), None);
    }
}
