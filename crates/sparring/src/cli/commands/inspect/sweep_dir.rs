//! What the directory of a sweep, of a shard of one, or of a merge holds.

use super::Seen;
use crate::cli::io::table::{facts, table};
use serde_json::{Value, json};
use sparring::store::terminal::shown;
use sparring_study::{CellState, Manifest};
use std::path::Path;

/// Most characters of a reason.
const REASON: usize = 200;

pub(super) fn look(path: &Path, manifest: &Manifest) -> Seen {
    let done = manifest.count(|state| matches!(state, CellState::Done { .. }));
    let open = manifest.count(|state| *state == CellState::Open);
    let (cells, failed, program) = (manifest.rows.len(), manifest.failed(), &manifest.inputs.program);
    let data: Vec<String> = manifest.inputs.data.keys().map(|name| shown(name, REASON)).collect();
    let shard = manifest.shard.to_string();
    let pairs = [
        (manifest.kind.as_str(), path.display().to_string()),
        ("shard", shard.clone()),
        ("cells", format!("{cells} of {}", manifest.total)),
        ("done", done.to_string()),
        ("failed", failed.len().to_string()),
        ("open", open.to_string()),
        ("program", format!("sparring {} on {}", program.version, program.isa)),
        ("data", data.join(", ")),
    ];
    let mut text = facts(&pairs.map(|(name, value)| (name.to_string(), value)));
    if !failed.is_empty() {
        let row = |(name, reason): &(&str, &str)| vec![name.to_string(), shown(reason, REASON)];
        text += &format!("\n\n{}", table(&["failed", "reason"], &failed.iter().map(row).collect::<Vec<_>>()));
    }
    let failed: Vec<Value> =
        failed.iter().map(|(cell, reason)| json!({ "cell": cell, "reason": reason })).collect();
    let object = json!({
        "kind": manifest.kind, "directory": path, "shard": shard, "total": manifest.total, "cells": cells, "done": done,
        "failed": failed, "open": open, "program": program, "data": manifest.inputs.data,
    });
    Seen { text, object }
}
