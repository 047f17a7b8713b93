//! What a sweep found: files, a table for people, an object for programs.

use super::files::Times;
use super::place::Place;
use crate::cli::io::json::{json, value};
use crate::cli::io::table::table;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::store::RunDir;
use sparring_study::{Manifest, SweepTable};

/// The page.
pub(super) const PAGE: &str = "report.html";

/// Writes the table into the directory, in all its forms.
pub(crate) fn write_tables(run: &RunDir, manifest: &Manifest) -> Outcome<SweepTable> {
    let table = SweepTable::of(manifest)?;
    run.write_json("results.json", &table.json())?;
    run.write("results.csv", table.csv().as_bytes())?;
    table.page().save(run.file(PAGE))?;
    Ok(table)
}

/// For people: the means, or why there are none.
pub(super) fn text(of: &SweepTable) -> String {
    if let Some(nothing) = of.nothing() {
        return nothing;
    }
    let (headers, rows) = of.means();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    table(&headers, &rows)
}

/// For programs.
pub(super) fn object(of: &SweepTable, times: &Times, place: &Place) -> Value {
    let mut rows = of.json()["rows"].clone();
    for row in rows.as_array_mut().into_iter().flatten() {
        let time = times.iter().find(|(name, ..)| row["cell"] == name.as_str());
        let seconds = time.map(|(_, train, attack)| train.unwrap_or(0.0) + attack.unwrap_or(0.0));
        row["seconds"] = value(&seconds);
    }
    let failed = place.manifest.failed();
    let failed: Vec<Value> =
        failed.iter().map(|(cell, reason)| json!({ "cell": cell, "reason": reason })).collect();
    let path = place.run.path();
    json!({
        "cells": of.rows.len(), "done": of.rows.iter().filter(|row| row.result.is_some()).count(), "failed": failed,
        "shard": of.shard.to_string(), "rows": rows, "groups": of.json()["groups"], "out": path, "report": path.join(PAGE),
    })
}

/// The failure of the whole, if a cell failed.
pub(in crate::cli::commands) fn failures(manifest: &Manifest) -> Outcome {
    const SHOWN: usize = 5;
    let failed = manifest.failed();
    if failed.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = failed.iter().take(SHOWN).map(|(name, why)| format!("{name} ({why})")).collect();
    let more = failed.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (n, of) = (failed.len(), manifest.rows.len());
    Err(Failure::Failed(format!(
        "{n} of {of} cells failed, and are no results: {}{more}; the same command tries them again",
        told.join(", ")
    )))
}
