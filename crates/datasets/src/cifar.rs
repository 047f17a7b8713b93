//! CIFAR-10, the binary version (Krizhevsky 2009).

use crate::archive::each_file;
use crate::files::unfit;
use crate::idx::unpack;
use crate::pinned::CIFAR_10;
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Colour photographs of ten things, 50,000 and 10,000 images of 32 x 32.
pub struct Cifar10;

const SHAPE: [usize; 3] = [3, 32, 32];
/// A label, then red, green and blue.
const RECORD: usize = 1 + 3 * 32 * 32;
/// Five files to learn from, one to judge by.
const FILES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];
/// Most unpacked bytes, headers included: more than five times those of the set.
const MOST: u64 = 1 << 30;
const NAMES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

impl Cifar10 {
    /// From `dir`: the six files `data_batch_1.bin` .. `test_batch.bin`, in it or in its folder `cifar-10-batches-bin`, or out of `cifar-10-binary.tar.gz`. Only the
    /// archive is proved to be the set, by its SHA-256; single files are of unknown origin.
    ///
    /// # Errors
    /// [`DataError::Missing`], [`DataError::Archive`], [`DataError::Io`] and [`DataError::Unfit`] name the file and the trouble.
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let dir = dir.as_ref();
        let (files, provenance) = match (folder(dir), archive(dir)) {
            (Some(folder), _) => (from_folder(&folder)?, Provenance::Unknown),
            (None, Some(archive)) => {
                let proved = CIFAR_10.files[0].is_served(&archive)?;
                let known =
                    if proved { Provenance::Verified(CIFAR_10.name.into()) } else { Provenance::Unknown };
                (from_archive(&archive)?, known)
            }
            (None, None) => {
                let files = vec![CIFAR_10.files[0].served_name()];
                return Err(DataError::Missing { dir: dir.into(), files, set: CIFAR_10.name.into() });
            }
        };
        let mut set = Dataset::new(CIFAR_10.name, split(&files[..5])?, split(&files[5..])?, 10, provenance)?;
        set.class_names = NAMES.map(String::from).to_vec();
        Ok(set)
    }
    /// Whether `dir` holds any of it.
    pub(crate) fn is_in(dir: &Path) -> bool {
        folder(dir).is_some() || archive(dir).is_some()
    }
}

/// The folder with the single files.
fn folder(dir: &Path) -> Option<PathBuf> {
    let holds = |d: &PathBuf| FILES.iter().any(|f| d.join(f).is_file());
    [dir.to_path_buf(), dir.join("cifar-10-batches-bin")].into_iter().find(holds)
}

fn archive(dir: &Path) -> Option<PathBuf> {
    let file = &CIFAR_10.files[0];
    [dir.join(file.served_name()), dir.join(file.name)].into_iter().find(|p| p.is_file())
}

/// One file's bytes, and where they are from.
type Batch = (PathBuf, Vec<u8>);

fn from_folder(dir: &Path) -> Result<Vec<Batch>, DataError> {
    let missing: Vec<String> =
        FILES.iter().filter(|f| !dir.join(f).is_file()).map(ToString::to_string).collect();
    if !missing.is_empty() {
        return Err(DataError::Missing { dir: dir.into(), files: missing, set: CIFAR_10.name.into() });
    }
    let one = |name: &&str| {
        let path = dir.join(name);
        let failed = |source| DataError::Io { path: path.clone(), source };
        let mut file = File::open(&path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        Ok((path.clone(), whole(&mut file, size, &path)?))
    };
    FILES.iter().map(one).collect()
}

fn from_archive(path: &Path) -> Result<Vec<Batch>, DataError> {
    let failed = |source| DataError::Io { path: path.into(), source };
    let source = File::open(path).and_then(unpack).map_err(failed)?;
    let mut found: [Option<Vec<u8>>; 6] = Default::default();
    each_file(source, MOST, path, |name, size, bytes| {
        let base = name.rsplit('/').next().unwrap_or(name);
        let Some(i) = FILES.iter().position(|f| *f == base) else { return Ok(()) };
        if found[i].is_some() {
            return Err(unfit(path, format!("holds {base} twice")));
        }
        found[i] = Some(whole(bytes, size, &path.join(base))?);
        Ok(())
    })?;
    let one = |(name, bytes): (&&str, Option<Vec<u8>>)| {
        Ok((path.join(name), bytes.ok_or_else(|| unfit(path, format!("holds no {name}")))?))
    };
    FILES.iter().zip(found).map(one).collect()
}

/// `size` bytes; memory grows as they come.
fn whole(reader: &mut dyn Read, size: u64, path: &Path) -> Result<Vec<u8>, DataError> {
    if size == 0 || size > MOST || !size.is_multiple_of(RECORD as u64) {
        return Err(unfit(
            path,
            format!("holds {size} bytes; whole images of {RECORD} bytes each belong here"),
        ));
    }
    let mut bytes = Vec::new();
    reader
        .take(size)
        .read_to_end(&mut bytes)
        .map_err(|source| DataError::Io { path: path.into(), source })?;
    if (bytes.len() as u64) < size {
        return Err(unfit(path, format!("is cut short: {} bytes of {size}", bytes.len())));
    }
    Ok(bytes)
}

fn split(files: &[Batch]) -> Result<Split, DataError> {
    let count: usize = files.iter().map(|(_, bytes)| bytes.len() / RECORD).sum();
    let (mut pixels, mut labels) = (Vec::with_capacity(count * (RECORD - 1)), Vec::with_capacity(count));
    for (path, bytes) in files {
        for (i, record) in bytes.chunks_exact(RECORD).enumerate() {
            if record[0] > 9 {
                return Err(unfit(path, format!("label {i} is {}; 0 to 9 are possible", record[0])));
            }
            labels.push(record[0]);
            pixels.extend_from_slice(&record[1..]);
        }
    }
    Split::new(Pixels::U8(pixels.into()), SHAPE, labels)
}
