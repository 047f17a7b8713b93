//! Shards to one whole, or the reason why not.

use crate::{CellState, Manifest, ManifestRow, Shard, StudyError};
use std::path::{Path, PathBuf};

/// Most names in a message.
const SHOWN: usize = 5;

fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let first: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

/// The manifest of the whole that the shards in these directories make together: that of one process which did all of it, byte for byte.
///
/// # Errors
/// [`StudyError`] that names the directory and the way out: no manifest or a damaged one, other configurations, programs, instruction sets or data, a
/// shard twice, a missing one, cells that are unfinished or failed.
pub fn merge(directories: &[PathBuf]) -> Result<Manifest, StudyError> {
    let mut shards: Vec<(&Path, Manifest)> = Vec::new();
    for directory in directories {
        let manifest = Manifest::read(directory)?.ok_or_else(|| {
            StudyError::Merge(format!(
                "{} holds no manifest.json: it is not the directory of a shard",
                directory.display()
            ))
        })?;
        shards.push((directory, manifest));
    }
    let Some((first, whole)) = shards.first().map(|(at, manifest)| (*at, manifest.clone())) else {
        return Err(StudyError::Merge(
            "there is nothing to merge; name the directories of all shards".into(),
        ));
    };
    for (at, other) in &shards[1..] {
        let both = format!("{} and {}", first.display(), at.display());
        let difference = if whole.kind != other.kind {
            Some(format!("one is of a `{}`, the other of a `{}`", whole.kind, other.kind))
        } else if let Some(difference) = whole.inputs.difference(&other.inputs) {
            Some(difference)
        } else if whole.shard.count != other.shard.count || whole.total != other.total {
            let told = |m: &Manifest| format!("{} of {} cells", m.shard, m.total);
            Some(format!("they are shards {} and {}: run all with the same count", told(&whole), told(other)))
        } else {
            None
        };
        if let Some(what) = difference {
            return Err(StudyError::Merge(format!("{both} are not of one whole: {what}")));
        }
    }
    shards.sort_by_key(|(_, manifest)| manifest.shard);
    if let Some(pair) = shards.windows(2).find(|pair| pair[0].1.shard == pair[1].1.shard) {
        let (a, b) = (pair[0].0.display(), pair[1].0.display());
        return Err(StudyError::Merge(format!(
            "{a} and {b} are both shard {}: name one of them",
            pair[0].1.shard
        )));
    }
    let count = whole.shard.count;
    let there = |index: &usize| shards.binary_search_by_key(index, |(_, m)| m.shard.index).is_ok();
    let missing: Vec<String> =
        (0..count).filter(|index| !there(index)).map(|i| format!("{i}/{count}")).collect();
    if !missing.is_empty() {
        let what = format!("of {count} shards these are missing: {}", listed(&missing));
        return Err(StudyError::Merge(format!("{what}; name their directories, or run them with --shard")));
    }
    for (at, manifest) in &shards {
        finished(at, manifest)?;
    }
    let mut rows: Vec<ManifestRow> = shards.into_iter().flat_map(|(_, manifest)| manifest.rows).collect();
    rows.sort_by_key(|row| row.index);
    Ok(Manifest { shard: Shard::WHOLE, rows, ..whole })
}

/// Every cell of the shard has a result.
fn finished(at: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    let refused =
        |what: String| Err(StudyError::Merge(format!("{}: shard {}: {what}", at.display(), manifest.shard)));
    let open: Vec<&str> = manifest
        .rows
        .iter()
        .filter(|row| row.state == CellState::Open)
        .map(|row| row.name.as_str())
        .collect();
    if !open.is_empty() {
        let (n, of, names) = (open.len(), manifest.rows.len(), listed(&open));
        return refused(format!(
            "{n} of {of} cells are unfinished ({names}); start its command again, it goes on"
        ));
    }
    let failed = manifest.failed();
    if failed.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = failed.iter().map(|(name, reason)| format!("{name}: {reason}")).collect();
    refused(format!(
        "{} of {} cells failed ({}); start its command again to try them once more, or exclude them in the grid and run all shards with it",
        failed.len(),
        manifest.rows.len(),
        listed(&told)
    ))
}
