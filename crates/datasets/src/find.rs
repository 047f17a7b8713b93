//! Data sets by name.

use crate::catalogue::{ALL, Origin};
use crate::folder::{emnist_at, holds_something, load_folder, load_known};
use crate::synthetic::AnySynthetic;
use crate::{DataError, Dataset};
use sparring_math::grammar::{Call, same};
use sparring_math::named::{Family, nearest};
use sparring_seed::Key;
use std::path::{Path, PathBuf};

/// The folders in which sets are looked up by name: `$SPARRING_DATA` if set, then `./data`.
pub fn roots() -> Vec<PathBuf> {
    let named = std::env::var_os("SPARRING_DATA").filter(|v| !v.is_empty()).map(PathBuf::from);
    named.into_iter().chain([PathBuf::from("data")]).collect()
}

/// Where `fetch` puts a set when no folder is given: `$SPARRING_DATA/NAME` if that is set, else `./data/NAME`.
pub fn default_folder(name: &str) -> PathBuf {
    roots()[0].join(name)
}

/// The data set of this name, or in the folder of this path.
///
/// `mnist-10k` and computed sets need no file; computed ones have parameters, `rings(n=500, classes=3)`, by which `stacked-mnist(of=mnist)` is made of a set in files. Another name is looked up as `$SPARRING_DATA/NAME`, then
/// `./data/NAME`; what has a `/` in it, or is no name, is a folder. A set found by a known name must have its pinned
/// digests, since no set may stand in for another; a folder given by its path may hold any set of a known form, of EMNIST's archive the split
/// that `FOLDER/emnist-letters` names.
///
/// ```
/// let data = sparring_datasets::find("moons")?;
/// assert_eq!((data.train.len(), data.classes), (2000, 2));
/// let rings = sparring_datasets::find("rings(n=500, classes=3)")?;
/// assert_eq!((rings.train.len(), rings.test.len(), rings.classes), (500, 250, 3));
/// assert!(sparring_datasets::find("mnits").unwrap_err().to_string().contains("fashion-mnist"));
/// # Ok::<(), sparring_datasets::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Absent`] for a known set that is not here, with the way to get it; [`DataError::Unknown`] for a name that
/// nothing has; [`DataError::Named`] for a parameter of a computed set; and as the set is loaded.
pub fn find(name_or_dir: &str) -> Result<Dataset, DataError> {
    find_in(name_or_dir, &roots())
}

/// As [`find`], with the folders to look in given.
///
/// # Errors
/// As [`find`].
pub fn find_in(name_or_dir: &str, roots: &[PathBuf]) -> Result<Dataset, DataError> {
    if let Some(call) = computed(name_or_dir) {
        return AnySynthetic::TABLE.read(&call)?.dataset(Key::new(0), &|of| find_in(of, roots));
    }
    let entry = ALL.iter().find(|e| same(e.name, name_or_dir));
    #[cfg(feature = "embedded")]
    if entry.is_some_and(|e| e.origin == Origin::BuiltIn) {
        return Ok(crate::Mnist::embedded());
    }
    let known = entry.filter(|e| e.origin == Origin::Files);
    let looked = places(known.map_or(name_or_dir, |e| e.folder), roots);
    if let Some(dir) = best(&looked) {
        return match known {
            Some(entry) => load_known(dir, entry),
            None => load_folder(dir),
        };
    }
    if let Some(entry) = known {
        return Err(DataError::Absent { name: entry.name.into(), looked });
    }
    if !is_path(name_or_dir) && Path::new(name_or_dir).is_dir() {
        return load_folder(Path::new(name_or_dir));
    }
    if let Some(split) = emnist_at(Path::new(name_or_dir)) {
        return split;
    }
    let known = ALL.iter().map(|e| e.name).collect::<Vec<_>>().join(", ");
    let nearest = nearest(name_or_dir, ALL.iter().map(|e| e.name));
    Err(DataError::Unknown { name: name_or_dir.into(), looked, nearest, known })
}

/// The call of a computed set, if this names one.
fn computed(name_or_dir: &str) -> Option<Call<'_>> {
    Call::parse(name_or_dir).ok().filter(|call| AnySynthetic::TABLE.find(call.name).is_ok())
}

/// Whether this says where a folder is, instead of what it is called.
fn is_path(name_or_dir: &str) -> bool {
    name_or_dir.contains(['/', '\\']) || matches!(name_or_dir, "" | "." | "..")
}

fn places(name_or_dir: &str, roots: &[PathBuf]) -> Vec<PathBuf> {
    if is_path(name_or_dir) {
        return vec![name_or_dir.into()];
    }
    roots.iter().map(|r| r.join(name_or_dir)).collect()
}

/// An empty folder, as a fetch without a network leaves it, does not hide a full one further on.
fn best(looked: &[PathBuf]) -> Option<&PathBuf> {
    let there = |d: &&PathBuf| d.is_dir();
    looked.iter().filter(there).find(|d| holds_something(d)).or_else(|| looked.iter().find(there))
}

/// The folder that [`find`] reads a set from; `None` for one without files, or that is not there.
///
/// ```
/// assert_eq!(sparring_datasets::folder_of("moons"), None);
/// ```
pub fn folder_of(name_or_dir: &str) -> Option<PathBuf> {
    let entry = ALL.iter().find(|e| same(e.name, name_or_dir));
    if computed(name_or_dir).is_some() || entry.is_some_and(|e| e.origin != Origin::Files) {
        return None;
    }
    let own = || Some(PathBuf::from(name_or_dir)).filter(|d| !is_path(name_or_dir) && d.is_dir());
    best(&places(entry.map_or(name_or_dir, |e| e.folder), &roots())).cloned().or_else(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_the_truth() {
        for entry in ALL.iter().filter(|e| e.origin != Origin::Files) {
            let set = find_in(entry.name, &[]).unwrap();
            assert_eq!(
                (set.name.as_str(), set.train.len(), set.test.len()),
                (entry.name, entry.train, entry.test)
            );
            assert_eq!((set.shape(), set.classes), (entry.shape, entry.classes));
            assert!(set.train.all().x.iter().all(|x| (0.0..=1.0).contains(x)));
            let mut seen = set.test.labels();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), entry.classes);
        }
    }

    #[test]
    fn computed_sets_have_parameters() {
        for set in AnySynthetic::TABLE.at_defaults() {
            let entry = ALL.iter().find(|e| e.name == set.name()).unwrap();
            assert_eq!(entry.origin, Origin::Generated);
            assert_eq!(set.to_string().parse(), Ok(set));
        }
        let generated = ALL.iter().filter(|e| e.origin == Origin::Generated).count();
        assert_eq!(generated, AnySynthetic::TABLE.entries.len());
        let set = find_in("Rings(classes=3, n=30, noise=1/50)", &[]).unwrap();
        let size = (set.name.as_str(), set.train.len(), set.test.len(), set.classes);
        assert_eq!(size, ("rings(n=30, classes=3)", 30, 15, 3));
        assert_eq!(folder_of("rings(noise=1/50)"), None);
        // A set that is made of another needs that, and says how to get it.
        let told = find_in("stacked-mnist(of=mnist)", &[]).unwrap_err().to_string();
        assert!(told.contains("sparring fetch mnist"), "{told}");
        let told = find_in("stacked-mnist(of=cifar-10)", &[]).unwrap_err().to_string();
        assert!(told.contains("mnist-10k, mnist, fashion-mnist or kmnist"), "{told}");
        for (text, why) in [
            (
                "rings(classes=1)",
                "rings.classes is 1, but must be a whole number, 2 or above and at most 256",
            ),
            ("moons(classes=3)", "moons has no parameter `classes`; it has: n, noise"),
            ("blobs(n=0)", "blobs.n is 0"),
        ] {
            let told = find_in(text, &[]).unwrap_err().to_string();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn a_set_that_is_not_here_says_how_to_get_it() {
        let empty = tempfile::tempdir().unwrap();
        let text = find_in("fashion-mnist", &[empty.path().into()]).unwrap_err().to_string();
        assert!(text.contains("sparring fetch fashion-mnist") && text.contains("looked in"), "{text}");
        let same = find_in("Fashion_MNIST", &[empty.path().into()]).unwrap_err().to_string();
        assert_eq!(same, text, "one rule of names");
        let text = find_in("fashoin-mnist", &[empty.path().into()]).unwrap_err().to_string();
        assert!(text.contains("did you mean `fashion-mnist`?") && text.contains("known sets: "), "{text}");
        let text = find_in("./nowhere", &[]).unwrap_err().to_string();
        assert!(text.contains("./nowhere"), "{text}");
    }
}
