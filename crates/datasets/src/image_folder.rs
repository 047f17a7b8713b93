//! A folder of pictures, a class a folder.

use crate::files::{folder_name, unfit};
use crate::raster::Picture;
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use sparring_seed::Key;
use std::path::{Path, PathBuf};

/// PNGs in folders: `train/CLASS/*.png` and `test/CLASS/*.png`, or `CLASS/*.png` alone, of each class of which one in five, drawn once by seed 0, is to judge by.
///
/// Classes and files go by name, letter by letter (as PyTorch's `ImageFolder`), and are then shuffled once by seed 0, so that the first of a split are of all classes; equal folders give
/// equal examples under equal ids.
pub struct ImageFolder;

/// Most pictures.
const COUNT: usize = 2_000_000;
/// Most classes: a label is a byte.
const CLASSES: usize = 256;
/// Most bytes of pixels of a split.
const BYTES: u64 = 4 << 30;
/// One picture in so many is to judge by, where the folder does not say which.
const JUDGED: usize = 5;
/// Endings of pictures that are not read.
const OTHERS: [&str; 8] = ["jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "avif"];

/// Files and their classes.
type Listed = Vec<(PathBuf, u8)>;

impl ImageFolder {
    /// All pictures of `dir`, which must have one size; opacity is over black. If all of them are grey, however they are stored, examples have one channel, else three.
    ///
    /// # Errors
    /// [`DataError::Io`] and [`DataError::Unfit`] name the file or folder and the trouble.
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let dir = dir.as_ref();
        let (train, test) = (dir.join("train"), dir.join("test"));
        let (names, train, test) = if train.is_dir() && test.is_dir() {
            let names = folders(&train)?;
            if let Some(other) = folders(&test)?.into_iter().find(|c| !names.contains(c)) {
                return Err(unfit(&test.join(other), format!("is a class that {} has not", train.display())));
            }
            let (train, test) = (listed(&train, &names)?.concat(), listed(&test, &names)?.concat());
            (names, train, test)
        } else {
            let names = folders(dir)?;
            let (train, test) = halves(listed(dir, &names)?);
            (names, train, test)
        };
        if names.len() < 2 || names.len() > CLASSES {
            return Err(unfit(
                dir,
                format!("has {} folders with pictures; 2 to {CLASSES} classes are possible", names.len()),
            ));
        }
        for (part, files) in [("to learn from", &train), ("to judge by", &test)] {
            if files.is_empty() || files.len() > COUNT {
                return Err(unfit(
                    dir,
                    format!("has {} pictures {part}; 1 to {COUNT} are possible", files.len()),
                ));
            }
        }
        let key = Key::new(0).named("image folder");
        let mut first = None;
        let (train, test) =
            (pixels(train, key.named("train"), &mut first)?, pixels(test, key.named("test"), &mut first)?);
        let grey = train.grey && test.grey;
        let mut set = Dataset::new(
            folder_name(dir),
            train.split(grey)?,
            test.split(grey)?,
            names.len(),
            Provenance::Unknown,
        )?;
        set.class_names = names;
        Ok(set)
    }
    /// Whether `dir` looks like one: a PNG in a folder in it, or in a folder of its folder `train`.
    pub(crate) fn is_in(dir: &Path) -> bool {
        let class = |d: &PathBuf| entries(d).is_ok_and(|all| all.iter().any(|p| has_ending(p, &["png"])));
        let holds = |d: &Path| entries(d).is_ok_and(|all| all.iter().any(|d| d.is_dir() && class(d)));
        holds(dir) || holds(&dir.join("train"))
    }
}

/// What is in a folder, by name, hidden things apart.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, DataError> {
    let failed = |source| DataError::Io { path: dir.into(), source };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            all.push(entry.path());
        }
        if all.len() > COUNT {
            return Err(unfit(dir, format!("holds more than {COUNT} files")));
        }
    }
    all.sort();
    Ok(all)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|e| endings.iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// Names of the folders in a folder.
fn folders(dir: &Path) -> Result<Vec<String>, DataError> {
    let mut names = Vec::new();
    for path in entries(dir)?.into_iter().filter(|p| p.is_dir()) {
        match path.file_name().and_then(|n| n.to_str()) {
            Some(name) => names.push(name.to_string()),
            None => return Err(unfit(&path, "is no name in UTF-8; rename the class".into())),
        }
    }
    Ok(names)
}

/// The PNGs of each class.
fn listed(dir: &Path, names: &[String]) -> Result<Vec<Listed>, DataError> {
    let class = |(label, name): (usize, &String)| {
        let folder = dir.join(name);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let all = entries(&folder)?;
        if let Some(other) = all.iter().find(|p| has_ending(p, &OTHERS)) {
            return Err(unfit(
                other,
                "is no PNG, and no other pictures are read; convert it or move it away".into(),
            ));
        }
        Ok(all
            .into_iter()
            .filter(|p| has_ending(p, &["png"]) && p.is_file())
            .map(|p| (p, label as u8))
            .collect())
    };
    names.iter().take(CLASSES).enumerate().map(class).collect()
}

/// Of each class one in [`JUDGED`], and at least one of two, to judge by.
fn halves(classes: Vec<Listed>) -> (Listed, Listed) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (label, mut files) in classes.into_iter().enumerate() {
        Key::new(0).named("image folder").named("halves").rng(label as u64).shuffle(&mut files);
        let judged = if files.len() < 2 { 0 } else { (files.len() / JUDGED).max(1) };
        train.extend(files.split_off(judged));
        test.append(&mut files);
    }
    train.sort();
    test.sort();
    (train, test)
}

/// The pictures of a split, in three channels.
struct Loaded {
    bytes: Vec<u8>,
    labels: Vec<u8>,
    size: [usize; 2],
    grey: bool,
}

/// Reads the files, shuffled; `first` is the picture whose size all others must have.
fn pixels(
    mut files: Listed,
    key: Key,
    first: &mut Option<(PathBuf, [usize; 2])>,
) -> Result<Loaded, DataError> {
    key.rng(0).shuffle(&mut files);
    let (mut bytes, mut grey) = (Vec::new(), true);
    for (path, _) in &files {
        let picture = Picture::read(path)?;
        let (of, size) = first.get_or_insert_with(|| (path.clone(), picture.size));
        let ([h, w], n) = (*size, files.len() as u64);
        if picture.size != [h, w] {
            let [other_h, other_w] = picture.size;
            let why = format!(
                "is {other_w} x {other_h} pixels, {} is {w} x {h}; all must have one size: resize them",
                of.display()
            );
            return Err(unfit(path, why));
        }
        if 3 * n * (h * w) as u64 > BYTES {
            return Err(unfit(
                path,
                format!(
                    "is {w} x {h} pixels: {n} of them are more than {BYTES} bytes; make them smaller or fewer"
                ),
            ));
        }
        let own = picture.over(0);
        let area = h * w;
        grey &= own.chunks_exact(area).all(|channel| channel == &own[..area]);
        (0..3).for_each(|c| bytes.extend_from_slice(&own[c % picture.channels * area..][..area]));
    }
    let size = first.as_ref().map_or([0, 0], |(_, size)| *size);
    Ok(Loaded { bytes, labels: files.iter().map(|(_, label)| *label).collect(), size, grey })
}

impl Loaded {
    fn split(self, grey: bool) -> Result<Split, DataError> {
        let Self { bytes, labels, size: [h, w], .. } = self;
        if !grey {
            return Split::new(Pixels::U8(bytes.into()), [3, h, w], labels);
        }
        let one: Vec<u8> = bytes.chunks_exact(3 * h * w).flat_map(|x| &x[..h * w]).copied().collect();
        Split::new(Pixels::U8(one.into()), [1, h, w], labels)
    }
}
