//! Files of a folder, and what is in them.

use crate::digest::Hasher;
use crate::idx::{Idx, IdxValues, header_bytes};
use crate::{DataError, Pixels, Split};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The file of that name, raw before packed; else the first in order of another spelling.
pub(crate) fn find_file(dir: &Path, name: &str) -> Option<PathBuf> {
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

/// The files of these names.
///
/// # Errors
/// [`DataError::Missing`] with the names that are not there; `set` is the name to fetch them by, or empty.
pub(crate) fn find_all<const N: usize>(
    dir: &Path,
    names: [&str; N],
    set: &str,
) -> Result<Vec<PathBuf>, DataError> {
    let found = names.map(|name| find_file(dir, name));
    if found.iter().any(Option::is_none) {
        let files = names.iter().zip(&found).filter(|(_, f)| f.is_none()).map(|(n, _)| (*n).into()).collect();
        return Err(DataError::Missing { dir: dir.into(), files, set: set.into() });
    }
    Ok(found.into_iter().flatten().collect())
}

/// What a folder's set is called that has no other name.
pub(crate) fn folder_name(dir: &Path) -> String {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.into());
    whole.file_name().map_or_else(|| "folder".into(), |n| n.to_string_lossy().into_owned())
}

/// An array of bytes out of a file.
pub(crate) struct Array {
    pub(crate) count: usize,
    pub(crate) bytes: Vec<u8>,
    /// Of the unpacked file.
    pub(crate) sha256: String,
}

fn bytes(path: &Path, idx: Idx, rank: usize) -> Result<(Vec<usize>, Array), DataError> {
    let (shape, values) = idx.into_parts();
    match values {
        IdxValues::U8(bytes) if shape.len() == rank => {
            let mut hasher = Hasher::default();
            hasher.update(&header_bytes(0x08, &shape));
            hasher.update(&bytes);
            let count = shape[0];
            Ok((shape, Array { count, bytes, sha256: hasher.finish() }))
        }
        _ => Err(unfit(path, format!("holds an array of shape {shape:?}; bytes of rank {rank} belong here"))),
    }
}

/// Images of 28 x 28, at least one.
pub(crate) fn images(path: &Path, idx: Idx) -> Result<Array, DataError> {
    let (shape, array) = bytes(path, idx, 3)?;
    match shape[..] {
        [n, 28, 28] if n > 0 => Ok(array),
        _ => Err(unfit(path, format!("holds an array of shape {shape:?}; images of 28 x 28 belong here"))),
    }
}

/// Labels of these images, in this range.
pub(crate) fn labels(
    path: &Path,
    idx: Idx,
    range: RangeInclusive<u8>,
    images: &Array,
    images_path: &Path,
) -> Result<Array, DataError> {
    let (_, array) = bytes(path, idx, 1)?;
    if array.count != images.count {
        return Err(uncounted(path, array.count, images, images_path));
    }
    match array.bytes.iter().position(|b| !range.contains(b)) {
        Some(i) => Err(impossible(path, i, i64::from(array.bytes[i]), &range)),
        None => Ok(array),
    }
}

/// As many labels as images are needed.
pub(crate) fn uncounted(path: &Path, labels: usize, images: &Array, images_path: &Path) -> DataError {
    unfit(path, format!("holds {labels} labels for the {} images of {}", images.count, images_path.display()))
}

/// A label outside its range.
pub(crate) fn impossible(path: &Path, i: usize, label: i64, range: &RangeInclusive<u8>) -> DataError {
    unfit(path, format!("label {i} is {label}; {} to {} are possible", range.start(), range.end()))
}

pub(crate) fn unfit(path: &Path, problem: String) -> DataError {
    DataError::Unfit { path: path.into(), problem }
}

/// Images of 28 x 28 and their labels.
pub(crate) fn split(images: Vec<u8>, labels: Vec<u8>) -> Result<Split, DataError> {
    Split::new(Pixels::U8(images.into()), [1, 28, 28], labels)
}
