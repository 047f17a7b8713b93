//! What a run directory holds.

use super::{Seen, weights};
use crate::cli::io::table::{facts, grouped, table};
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::store::{read_config, recognise_path};
use std::path::Path;

/// Larger ones are not ours.
const MOST: u64 = 64 << 20;

fn text_of(path: &Path) -> Outcome<Option<String>> {
    match path.metadata() {
        Err(_) => Ok(None),
        Ok(m) if !m.is_file() => Err(Failure::at(path, "not a file")),
        Ok(m) if m.len() > MOST => Err(Failure::at(path, "too large to be a run's")),
        Ok(_) => std::fs::read_to_string(path).map(Some).map_err(|e| Failure::at(path, e)),
    }
}

/// A value on one line: texts bare, long numbers short, the rest as JSON.
fn told(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), String::from);
    match value.as_f64() {
        Some(v) if text.len() > 10 && v.abs() >= 1e-3 => format!("{v:.5}"),
        Some(v) if text.len() > 10 => format!("{v:.4e}"),
        _ => text,
    }
}

/// The entries of an object one a line, objects in it one level down; a network's spec is shown as its layers.
fn flattened(value: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in
        value.as_object().into_iter().flatten().filter(|(name, v)| *name != "spec" && !v.is_null())
    {
        match value {
            Value::Object(inner) => pairs.extend(inner.iter().map(|(n, v)| (format!("{name}.{n}"), told(v)))),
            _ => pairs.push((name.clone(), told(value))),
        }
    }
    pairs
}

/// Files and folders by name, with sizes.
fn entries(path: &Path) -> Outcome<Vec<(String, Option<u64>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| Failure::at(path, e))? {
        let entry = entry.map_err(|e| Failure::at(path, e))?;
        let about = entry.metadata().map_err(|e| Failure::at(&entry.path(), e))?;
        found
            .push((entry.file_name().to_string_lossy().into_owned(), about.is_file().then_some(about.len())));
    }
    found.sort();
    Ok(found)
}

pub(super) fn look(path: &Path) -> Outcome<Seen> {
    let files = entries(path)?;
    let (config, metrics, model) =
        (path.join("config.json"), path.join("metrics.jsonl"), path.join("model.safetensors"));
    let nested: Vec<&str> = files
        .iter()
        .filter(|(name, size)| size.is_none() && path.join(name).join("config.json").is_file())
        .map(|(name, _)| name.as_str())
        .collect();
    if !config.is_file() && !model.is_file() && nested.is_empty() {
        if let Some(foreign) = recognise_path(path) {
            let what = format!("{}, which cannot be inspected: {}", foreign.what, foreign.way_out);
            return Err(Failure::at(path, what));
        }
        return Err(Failure::at(
            path,
            "no run directory: it holds neither config.json nor model.safetensors",
        ));
    }
    let parse = |at: &Path, text: &str| serde_json::from_str::<Value>(text).map_err(|e| Failure::at(at, e));
    let config = read_config(path)?;
    let lines = text_of(&metrics)?.unwrap_or_default();
    let rows: Vec<&str> = lines.lines().filter(|l| !l.trim().is_empty()).collect();
    let last = rows.last().map(|line| parse(&metrics, line)).transpose()?;
    let seen = if model.is_file() { Some(weights::look(&model)?) } else { None };

    let mut parts = vec![facts(&[("run".to_string(), path.display().to_string())])];
    parts.extend(config.as_ref().map(|c| facts(&flattened(c))));
    parts.extend(
        last.as_ref().map(|row| format!("last of {} epochs\n{}", rows.len(), facts(&flattened(row)))),
    );
    parts.extend(seen.as_ref().map(|s| s.text.clone()));
    let size = |s: &Option<u64>| s.map_or("-".to_string(), |n| grouped(n as usize));
    let listed: Vec<_> = files.iter().map(|(name, s)| vec![name.clone(), size(s)]).collect();
    parts.push(table(&["file", "bytes"], &listed));
    parts.extend((!nested.is_empty()).then(|| format!("runs inside: {}", nested.join(", "))));

    let files: Vec<_> = files.iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes })).collect();
    let object = json!({
        "kind": "run", "run": path, "config": config, "epochs": rows.len(), "metrics": last,
        "model": seen.map(|s| s.object), "files": files, "runs": nested,
    });
    Ok(Seen { text: parts.join("\n\n"), object })
}
