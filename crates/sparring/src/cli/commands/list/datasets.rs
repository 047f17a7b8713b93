//! Data sets, and where they are on this machine.

use super::Listing;
use super::registries::arguments;
use crate::cli::io::table::grouped;
use serde_json::json;
use sparring::datasets::pinned::Pinned;
use sparring::datasets::synthetic::AnySynthetic;
use sparring::datasets::{ALL, DatasetEntry, Origin, roots};
use sparring::math::named::Family;
use std::path::{Path, PathBuf};

/// How many of the set's files a folder holds, packed or not.
fn held(dir: &Path, set: &Pinned<'_>) -> usize {
    let there = |name: &str| dir.join(name).is_file() || dir.join(format!("{name}.gz")).is_file();
    set.files.iter().filter(|f| there(f.name)).count()
}

/// Where a set is: what people read, the folder if one holds it, and the folders it is looked up in.
fn place(entry: &DatasetEntry) -> (String, Option<PathBuf>, Vec<PathBuf>) {
    match entry.origin {
        Origin::BuiltIn => ("built in".into(), None, Vec::new()),
        Origin::Generated => ("computed".into(), None, Vec::new()),
        Origin::Files => {
            let looked: Vec<PathBuf> = roots().iter().map(|root| root.join(entry.folder)).collect();
            let Ok(set) = Pinned::named(entry.folder) else { return ("unknown".into(), None, looked) };
            let best = looked.iter().map(|dir| (dir, held(dir, &set))).find(|(_, n)| *n > 0);
            match best {
                Some((dir, n)) if n == set.files.len() => {
                    (dir.display().to_string(), Some(dir.clone()), looked)
                }
                Some((dir, n)) => {
                    let text = format!(
                        "{}: {n} of {} files; `sparring fetch {}`",
                        dir.display(),
                        set.files.len(),
                        entry.folder
                    );
                    (text, None, looked)
                }
                None => (format!("not here; `sparring fetch {}`", entry.folder), None, looked),
            }
        }
    }
}

pub(super) fn datasets() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for entry in ALL {
        let (text, found, looked) = place(entry);
        let [c, h, w] = entry.shape;
        rows.push(vec![
            entry.name.to_string(),
            grouped(entry.train),
            grouped(entry.test),
            format!("{c} x {h} x {w}"),
            entry.classes.to_string(),
            text,
            entry.licence.to_string(),
            entry.source.to_string(),
        ]);
        let origin = match entry.origin {
            Origin::BuiltIn => "built-in",
            Origin::Files => "files",
            Origin::Generated => "generated",
        };
        objects.push(json!({
            "name": entry.name, "train": entry.train, "test": entry.test, "shape": entry.shape, "classes": entry.classes,
            "origin": origin, "looked": looked, "found": found, "licence": entry.licence, "source": entry.source,
            "arguments": arguments(AnySynthetic::TABLE.entries.iter().find(|e| e.name == entry.name)),
        }));
    }
    let folders =
        roots().iter().map(|root| format!("{}/NAME", root.display())).collect::<Vec<_>>().join(", then ");
    Listing {
        headers: &["name", "train", "test", "shape", "classes", "where", "licence", "source"],
        rows,
        objects,
        below: format!(
            "Names of sets in files are looked up as {folders}; SPARRING_DATA names another root. Computed sets have parameters: `--data \"rings(n=500, classes=3)\"`."
        ),
    }
}
