//! Four files of a folder become a data set.

use crate::files::{self, Array, find_all, find_file, folder_name};
use crate::idx::{Limits, read};
use crate::pinned::{FASHION_MNIST, KMNIST, MNIST, MNIST_FILES, Pinned, PinnedFile, Proof};
use crate::{DataError, Dataset, Provenance};
use std::path::{Path, PathBuf};

/// Which set a folder is expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Digits, or an unknown set in their form.
    Mnist,
    /// Clothes, or an unknown set in their form.
    FashionMnist,
    /// Cursive Japanese, or an unknown set in their form.
    Kmnist,
    /// Whatever it holds.
    Any,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Kmnist => "kmnist",
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
    let paths = find_all(dir, MNIST_FILES, kind.name())?;
    let array = |i: usize| read(&paths[i], &Limits::default());
    let pair = |i: usize| {
        let images = files::images(&paths[i], array(i)?)?;
        let labels = files::labels(&paths[i + 1], array(i + 1)?, 0..=9, &images, &paths[i])?;
        Ok::<_, DataError>((images, labels))
    };
    let ((train, train_labels), (test, test_labels)) = (pair(0)?, pair(2)?);
    let digests = [&train, &train_labels, &test, &test_labels].map(|f| f.sha256.as_str());
    let proved = identify(dir, kind, digests, &|set| {
        let served = |(file, path): (&PinnedFile<'_>, &PathBuf)| file.is_served(path);
        set.files.iter().zip(&paths).map(served).collect()
    })?;
    let (name, provenance) = match proved {
        Some(name) => (name.to_string(), Provenance::Verified(name.into())),
        None if kind == Kind::Any => (folder_name(dir), Provenance::Unknown),
        None => (kind.name().to_string(), Provenance::Unknown),
    };
    let split = |images: Array, labels: Array| files::split(images.bytes, labels.bytes);
    let mut set = Dataset::new(name, split(train, train_labels)?, split(test, test_labels)?, 10, provenance)?;
    set.class_names = class_names(&set.name);
    Ok(set)
}

/// What the classes of a set of this family are called.
fn class_names(set: &str) -> Vec<String> {
    let names: &[&str] = match set {
        "fashion-mnist" => &[
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ],
        "kmnist" => &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
        _ => &[],
    };
    names.iter().map(ToString::to_string).collect()
}

/// The sets of this form.
const FAMILY: [Pinned<'static>; 3] = [MNIST, FASHION_MNIST, KMNIST];

/// Whether at least one of the four files is in `dir`.
pub(crate) fn holds_any(dir: &Path) -> bool {
    MNIST_FILES.iter().any(|name| find_file(dir, name).is_some())
}

/// The set that all four files are proved to be; an error when they prove another one than `kind`, or two. `served` tells of a set's files which are as they are served: it is
/// asked only for sets that are known by that, and only where the unpacked bytes are nobody's.
fn identify(
    dir: &Path,
    kind: Kind,
    digests: [&str; 4],
    served: &dyn Fn(&Pinned<'static>) -> Result<Vec<bool>, DataError>,
) -> Result<Option<&'static str>, DataError> {
    let mut owners = [0, 1, 2, 3]
        .map(|i| FAMILY.iter().find(|s| s.files[i].proof == Proof::Unpacked(digests[i])).map(|s| s.name));
    for set in FAMILY.iter().filter(|s| matches!(s.files[0].proof, Proof::Served(_))) {
        if owners.iter().any(Option::is_none) {
            for (owner, is) in owners.iter_mut().zip(served(set)?) {
                *owner = owner.or(is.then_some(set.name));
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_of_four_files_prove_a_set_or_a_mix_up() {
        let digest = |set: Pinned<'static>, i: usize| match set.files[i].proof {
            Proof::Unpacked(digest) => digest,
            other => panic!("{other:?}"),
        };
        let (m, f) = (|i| digest(MNIST, i), |i| digest(FASHION_MNIST, i));
        let of = |kind, files: [&'static str; 4]| {
            identify(Path::new("here"), kind, files, &|_| Ok(vec![false; 4]))
        };
        let whole = [0, 1, 2, 3].map(m);
        assert_eq!(of(Kind::Mnist, whole).unwrap(), Some("mnist"));
        assert_eq!(of(Kind::Any, whole).unwrap(), Some("mnist"));
        assert_eq!(of(Kind::Mnist, ["", "", "", ""]).unwrap(), None);
        assert_eq!(of(Kind::Mnist, [whole[0], "changed", whole[2], whole[3]]).unwrap(), None);
        let text = of(Kind::FashionMnist, whole).unwrap_err().to_string();
        assert!(text.contains("mnist's") && text.contains("hold fashion-mnist"), "{text}");
        for kind in [Kind::Any, Kind::Mnist, Kind::FashionMnist] {
            let mixed = of(kind, [m(0), f(1), m(2), m(3)]);
            assert!(mixed.unwrap_err().to_string().contains("two sets"));
        }
        // The right hash under another file's name proves nothing.
        assert_eq!(of(Kind::Any, [m(2), m(3), m(0), m(1)]).unwrap(), None);
    }

    #[test]
    fn a_set_known_by_its_served_files_is_proved_by_them() {
        let of = |kind, served: [bool; 4]| {
            identify(Path::new("here"), kind, ["", "", "", ""], &|_| Ok(served.to_vec()))
        };
        assert_eq!(of(Kind::Kmnist, [true; 4]).unwrap(), Some("kmnist"));
        assert_eq!(of(Kind::Any, [true; 4]).unwrap(), Some("kmnist"));
        assert_eq!(of(Kind::Kmnist, [true, true, false, true]).unwrap(), None);
        assert!(of(Kind::Mnist, [true; 4]).unwrap_err().to_string().contains("kmnist's"));
    }
}
