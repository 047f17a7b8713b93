//! EMNIST: letters and digits of NIST's forms in six splits (Cohen, Afshar, Tapson, van Schaik 2017, arXiv:1702.05373).

use crate::archive::{ArchiveError, Zip};
use crate::files::{self, find_file, unfit};
use crate::idx::{Idx, Limits, decode, read};
use crate::pinned::EMNIST;
use crate::{DataError, Dataset, Provenance, Split};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The 47 classes of which capital and small letters that look alike are one.
const MERGED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";
const ALL: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// One of EMNIST's six splits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emnist {
    /// 62 classes as often as they were written: 697,932 and 116,323 images.
    ByClass,
    /// The same images in 47 classes: letters whose capitals look alike are one.
    ByMerge,
    /// 47 classes, equally often: 112,800 and 18,800 images.
    Balanced,
    /// 26 letters, capital and small ones together: 124,800 and 20,800 images. Labels 1 to 26 in the files are classes 0 to 25 here.
    Letters,
    /// 10 digits: 240,000 and 40,000 images.
    Digits,
    /// 10 digits, as many as MNIST's.
    Mnist,
}

impl Emnist {
    /// All six.
    pub const ALL: [Self; 6] =
        [Self::ByClass, Self::ByMerge, Self::Balanced, Self::Letters, Self::Digits, Self::Mnist];

    /// `emnist-letters` and its like.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByClass => "emnist-byclass",
            Self::ByMerge => "emnist-bymerge",
            Self::Balanced => "emnist-balanced",
            Self::Letters => "emnist-letters",
            Self::Digits => "emnist-digits",
            Self::Mnist => "emnist-mnist",
        }
    }
    /// What the classes are called, one letter each.
    pub fn classes(self) -> &'static str {
        match self {
            Self::ByClass => ALL,
            Self::ByMerge | Self::Balanced => MERGED,
            Self::Letters => LETTERS,
            Self::Digits | Self::Mnist => &ALL[..10],
        }
    }

    /// This split from `dir`: out of NIST's archive `gzip.zip`, or from the four files, packed or not. The images, which NIST stores column by column, are transposed to
    /// stand upright. The archive is proved to be NIST's by its SHA-256; single files are of unknown origin.
    ///
    /// # Errors
    /// [`DataError::Missing`], [`DataError::Archive`], [`DataError::Idx`], [`DataError::Io`] and [`DataError::Unfit`] name the file and the trouble.
    pub fn load(self, dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let dir = dir.as_ref();
        let archive = dir.join(EMNIST.files[0].name);
        let mut provenance = Provenance::Unknown;
        let source = if self.names().iter().any(|n| find_file(dir, n).is_some()) || !archive.is_file() {
            Source::Files(files::find_all(dir, self.names().each_ref().map(String::as_str), EMNIST.name)?)
        } else {
            if EMNIST.files[0].is_served(&archive)? {
                provenance = Provenance::Verified(self.name().into());
            }
            let opened =
                File::open(&archive).map_err(|source| DataError::Io { path: archive.clone(), source })?;
            let zip =
                Zip::open(opened).map_err(|source| DataError::Archive { path: archive.clone(), source })?;
            Source::Archive(archive, zip)
        };
        let classes = self.classes();
        let mut set = Dataset::new(
            self.name(),
            self.half(&source, 0)?,
            self.half(&source, 2)?,
            classes.len(),
            provenance,
        )?;
        set.class_names = classes.chars().map(String::from).collect();
        Ok(set)
    }
    /// Names of the four files.
    fn names(self) -> [String; 4] {
        ["train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"]
            .map(|rest| format!("{}-{rest}-ubyte", self.name()))
    }
    /// The splits of which `dir` holds something, the archive apart.
    pub(crate) fn in_files(dir: &Path) -> Vec<Self> {
        let here = |split: &Self| split.names().iter().any(|n| find_file(dir, n).is_some());
        Self::ALL.into_iter().filter(here).collect()
    }
    /// Whether `dir` holds any of it.
    pub(crate) fn is_in(dir: &Path) -> bool {
        dir.join(EMNIST.files[0].name).is_file() || !Self::in_files(dir).is_empty()
    }

    fn half(self, source: &Source, i: usize) -> Result<Split, DataError> {
        let names = self.names();
        let ((images_path, images), (path, labels)) =
            (source.array(&names, i)?, source.array(&names, i + 1)?);
        let mut images = files::images(&images_path, images)?;
        let first = u8::from(self == Self::Letters);
        let last = self.classes().len() as u8 + first - 1;
        let mut labels = files::labels(&path, labels, first..=last, &images, &images_path)?;
        labels.bytes.iter_mut().for_each(|l| *l -= first);
        images.bytes.chunks_exact_mut(28 * 28).for_each(transpose);
        files::split(images.bytes, labels.bytes)
    }
}

/// Where the arrays are.
enum Source {
    Files(Vec<PathBuf>),
    Archive(PathBuf, Zip),
}

impl Source {
    /// Array `i` and where it is.
    fn array(&self, names: &[String; 4], i: usize) -> Result<(PathBuf, Idx), DataError> {
        match self {
            Self::Files(paths) => Ok((paths[i].clone(), read(&paths[i], &Limits::default())?)),
            Self::Archive(archive, zip) => {
                let (member, path) = (format!("{}.gz", names[i]), archive.join(&names[i]));
                if !zip.has(&member) {
                    return Err(unfit(archive, format!("holds no {member}")));
                }
                let failed = |source: ArchiveError| DataError::Archive { path: archive.clone(), source };
                let idx = decode(zip.read(&member).map_err(failed)?, &Limits::default());
                Ok((path.clone(), idx.map_err(|source| DataError::Idx { path, source })?))
            }
        }
    }
}

/// Rows and columns of an image change places.
fn transpose(image: &mut [u8]) {
    for r in 0..28 {
        for c in 0..r {
            image.swap(28 * r + c, 28 * c + r);
        }
    }
}
