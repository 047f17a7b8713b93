//! A folder of pictures, a class a folder.

use crate::files::{folder_name, unfit};
use crate::raster::{CONVERT, Picture};
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use sparring_seed::Key;
use std::path::{Path, PathBuf};

/// PNGs in folders: `train/CLASS/*.png` and `test/CLASS/*.png`, or `CLASS/*.png` alone, of which about a fifth is to judge by.
///
/// Classes go by name, letter by letter (as PyTorch's `ImageFolder`). Each picture draws a number in 0..1 by seed 0 from the names of its class and its file, and from nothing else. Splits are in
/// the order of these numbers, so the first examples of a split are of all classes. In `CLASS/*.png`, numbers below 1/5 are to judge by; a class of two or more pictures has at least one
/// in each split, that with the lowest or the highest number. A picture more or less changes nothing for the others, but for that rule; equal folders give equal examples under equal ids.
pub struct ImageFolder;

/// Most pictures.
const COUNT: usize = 2_000_000;
/// Most classes: a label is a byte.
const CLASSES: usize = 256;
/// Most bytes of pixels of a split.
const BYTES: u64 = 4 << 30;
/// The share of pictures to judge by, where the folder does not say which.
const JUDGED: f64 = 0.2;
/// Endings of pictures that are not read.
const OTHERS: [&str; 8] = ["jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "avif"];

/// A file, its class, and the number that its names draw.
struct Listed {
    draw: f64,
    path: PathBuf,
    label: u8,
}

impl ImageFolder {
    /// All pictures of `dir`, which must have one size; opacity is over black. If all of them are grey, however they are stored, examples have one channel, else three.
    ///
    /// # Errors
    /// [`DataError::Io`] and [`DataError::Unfit`] name the file or folder and the trouble.
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let dir = dir.as_ref();
        let (train, test) = (dir.join("train"), dir.join("test"));
        let (names, train, test) = match (train.is_dir(), test.is_dir()) {
            (true, true) => {
                let names = folders(&train)?;
                if let Some(other) = folders(&test)?.into_iter().find(|c| !names.contains(c)) {
                    return Err(unfit(
                        &test.join(other),
                        format!("is a class that {} has not", train.display()),
                    ));
                }
                let judged: Vec<Listed> = listed(&test, &names)?.into_iter().flatten().collect();
                if judged.is_empty() {
                    return Err(unfit(&test, "has no PNG in CLASS/: add pictures to judge by".into()));
                }
                let train = listed(&train, &names)?;
                (names, train, judged)
            }
            (is_train, true) | (is_train @ true, _)
                if holds_classes(if is_train { &train } else { &test }) =>
            {
                let (is, lacks) = if is_train { ("train", "test") } else { ("test", "train") };
                let what = format!("has {is}/CLASS/*.png, but no {lacks}/");
                let way = "add it, or put the folders of the classes here: a fifth of CLASS/*.png is then to judge by";
                return Err(unfit(dir, format!("{what}: {way}")));
            }
            _ => {
                let names = folders(dir)?;
                let (train, test) =
                    listed(dir, &names)?.into_iter().map(halves).unzip::<_, _, Vec<_>, Vec<_>>();
                (names, train, test.into_iter().flatten().collect())
            }
        };
        if names.len() < 2 || names.len() > CLASSES {
            let folders = if names.len() == 1 { "folder" } else { "folders" };
            let what = format!("has {} {folders} with pictures, one a class", names.len());
            return Err(unfit(dir, format!("{what}; 2 to {CLASSES} classes are possible")));
        }
        if let Some(empty) = train.iter().position(Vec::is_empty) {
            let class = &names[empty];
            return Err(unfit(
                dir,
                format!("has no PNG of class {class:?} to learn from: add some, or remove its folder"),
            ));
        }
        let train: Vec<Listed> = train.into_iter().flatten().collect();
        if test.is_empty() {
            let what = "has one picture of each class, so none is left to judge by";
            return Err(unfit(dir, format!("{what}: two or more are needed, or test/CLASS/*.png")));
        }
        if train.len().max(test.len()) > COUNT {
            let most = train.len().max(test.len());
            return Err(unfit(
                dir,
                format!("has {most} pictures in one split; at most {COUNT} are possible"),
            ));
        }
        let mut first = None;
        let (train, test) = (pixels(train, &mut first)?, pixels(test, &mut first)?);
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
    /// Whether `dir` looks like one: a picture in a folder in it, or in a folder of its folder `train` or `test`.
    pub(crate) fn is_in(dir: &Path) -> bool {
        [dir, &dir.join("train"), &dir.join("test")].into_iter().any(holds_classes)
    }
}

/// Whether a folder in this one holds pictures, of whatever kind.
fn holds_classes(dir: &Path) -> bool {
    let picture = |p: &PathBuf| has_ending(p, &["png"]) || has_ending(p, &OTHERS);
    let class = |d: &PathBuf| d.is_dir() && entries(d).is_ok_and(|all| all.iter().any(picture));
    entries(dir).is_ok_and(|all| all.iter().any(class))
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
fn listed(dir: &Path, names: &[String]) -> Result<Vec<Vec<Listed>>, DataError> {
    let class = |(label, name): (usize, &String)| {
        let folder = dir.join(name);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let all = entries(&folder)?;
        if let Some(other) = all.iter().find(|p| has_ending(p, &OTHERS)) {
            return Err(unfit(
                other,
                format!("is no PNG, and no other pictures are read: {CONVERT}, or move it away"),
            ));
        }
        let key = Key::new(0).named("image folder").named(name);
        let draw = |p: &PathBuf| {
            key.named(&p.file_name().unwrap_or_default().to_string_lossy()).rng(0).uniform_f64()
        };
        let pngs = all.into_iter().filter(|p| has_ending(p, &["png"]) && p.is_file());
        Ok(pngs.map(|path| Listed { draw: draw(&path), path, label: label as u8 }).collect())
    };
    names.iter().take(CLASSES).enumerate().map(class).collect()
}

/// The pictures of a class to learn from and those to judge by, at least one of two in each.
fn halves(mut files: Vec<Listed>) -> (Vec<Listed>, Vec<Listed>) {
    files.sort_by(|a, b| a.draw.total_cmp(&b.draw));
    let below = files.partition_point(|file| file.draw < JUDGED);
    let judged = below.min(files.len().saturating_sub(1)).max(usize::from(files.len() > 1));
    let train = files.split_off(judged);
    (train, files)
}

/// The pictures of a split, in three channels.
struct Loaded {
    bytes: Vec<u8>,
    labels: Vec<u8>,
    size: [usize; 2],
    grey: bool,
}

/// Reads the files in the order of their draws; `first` is the picture whose size all others must have.
fn pixels(mut files: Vec<Listed>, first: &mut Option<(PathBuf, [usize; 2])>) -> Result<Loaded, DataError> {
    files.sort_by(|a, b| a.draw.total_cmp(&b.draw).then_with(|| a.path.cmp(&b.path)));
    let (mut bytes, mut grey) = (Vec::new(), true);
    for Listed { path, .. } in &files {
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
    Ok(Loaded { bytes, labels: files.iter().map(|file| file.label).collect(), size, grey })
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
