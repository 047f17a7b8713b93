//! QMNIST: MNIST made anew from NIST's forms, with all 60,000 test images (Yadav, Bottou 2019, arXiv:1905.10498).

use crate::digest::Hasher;
use crate::files::{self, Array, find_all, impossible, uncounted, unfit};
use crate::idx::{IdxValues, Limits, header_bytes, read};
use crate::pinned::{Proof, QMNIST};
use crate::{DataError, Dataset, Provenance, Split};
use std::path::{Path, PathBuf};

/// The digits of MNIST with 60,000 test images, of which MNIST's 10,000 are the first (up to a few pixels).
pub struct Qmnist;

impl Qmnist {
    /// The four files from `dir`, packed or not. A label is the first of a row of eight numbers (class, NIST's series, writer, ..).
    ///
    /// # Errors
    /// [`DataError::Missing`], [`DataError::Idx`], [`DataError::Io`] and [`DataError::Unfit`] name the file and the trouble.
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let dir = dir.as_ref();
        let names = [0, 1, 2, 3].map(|i| QMNIST.files[i].name);
        let paths = find_all(dir, names, QMNIST.name)?;
        let (train, train_proved) = half(&paths, 0)?;
        let (test, test_proved) = half(&paths, 2)?;
        let provenance = if train_proved && test_proved {
            Provenance::Verified(QMNIST.name.into())
        } else {
            Provenance::Unknown
        };
        Dataset::new(QMNIST.name, train, test, 10, provenance)
    }
    /// Whether at least one of the four files is in `dir`.
    pub(crate) fn is_in(dir: &Path) -> bool {
        QMNIST.files.iter().any(|f| files::find_file(dir, f.name).is_some())
    }
}

/// Images and labels from files `i` and `i + 1`, and whether both are proved.
fn half(paths: &[PathBuf], i: usize) -> Result<(Split, bool), DataError> {
    let array = |i: usize| read(&paths[i], &Limits::default());
    let images = files::images(&paths[i], array(i)?)?;
    let (shape, values) = array(i + 1)?.into_parts();
    let mut hasher = Hasher::default();
    hasher.update(&header_bytes(0x0c, &shape));
    if let IdxValues::I32(values) = &values {
        values.iter().for_each(|v| hasher.update(&v.to_be_bytes()));
    }
    let unpacked = hasher.finish();
    let labels = classes(&paths[i + 1], (shape, values), &images, &paths[i])?;
    let mut proved = true;
    for (k, sha256) in [(i, &images.sha256), (i + 1, &unpacked)] {
        let file = &QMNIST.files[k];
        proved &= file.proof == Proof::Unpacked(sha256) || file.is_served(&paths[k])?;
    }
    Ok((files::split(images.bytes, labels)?, proved))
}

fn classes(
    path: &Path,
    (shape, values): (Vec<usize>, IdxValues),
    images: &Array,
    images_path: &Path,
) -> Result<Vec<u8>, DataError> {
    let (count, values) = match (&shape[..], values) {
        (&[count, 8], IdxValues::I32(values)) => (count, values),
        _ => {
            return Err(unfit(
                path,
                format!("holds an array of shape {shape:?}; rows of 8 numbers of 32 bits belong here"),
            ));
        }
    };
    if count != images.count {
        return Err(uncounted(path, count, images, images_path));
    }
    let class = |(i, row): (usize, &[i32])| {
        u8::try_from(row[0])
            .ok()
            .filter(|c| *c <= 9)
            .ok_or_else(|| impossible(path, i, row[0].into(), &(0..=9)))
    };
    values.chunks_exact(8).enumerate().map(class).collect()
}
