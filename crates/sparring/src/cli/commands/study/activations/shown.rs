//! What a study found: files, a table for people, an object for programs.

use super::super::super::sweep::{Place, Times};
use crate::cli::Outcome;
use crate::cli::io::json::{json, value};
use crate::cli::io::table::table;
use serde_json::Value;
use sparring::store::RunDir;
use sparring_study::{ActivationStudy, Manifest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The page.
pub(super) const PAGE: &str = "report.html";

/// Writes the study into its directory, in all its forms.
pub(super) fn write(run: &RunDir, study: &ActivationStudy, times: &Times) -> Outcome {
    run.write_json("results.json", &study.json())?;
    run.write("results.csv", study.csv().as_bytes())?;
    let known: BTreeMap<&str, _> = times.iter().map(|(name, a, b)| (name.as_str(), (*a, *b))).collect();
    study.page(&|cell| known.get(cell).copied().unwrap_or_default()).save(run.file(PAGE))?;
    Ok(())
}

/// The times of a directory, as its `times.csv` says, as far as it is there.
fn times_of(directory: &Path) -> Times {
    let text = std::fs::read_to_string(directory.join("times.csv")).unwrap_or_default();
    let row = |line: &str| {
        let mut fields = line.split(',');
        let name = fields.next()?.to_string();
        let mut seconds = || fields.next().and_then(|field| field.parse().ok());
        Some((name, seconds(), seconds()))
    };
    text.lines().skip(1).filter_map(row).collect()
}

/// Writes the study of merged shards; how many nets it has.
pub(crate) fn write_merged(run: &RunDir, whole: &Manifest, shards: &[PathBuf]) -> Outcome<usize> {
    let study = ActivationStudy::of(whole)?;
    run.write("study.json", whole.inputs.plan.as_bytes())?;
    write(run, &study, &shards.iter().flat_map(|shard| times_of(shard)).collect())?;
    Ok(study.rows.len())
}

/// For people: the means, and what held.
pub(super) fn text(study: &ActivationStudy) -> String {
    if study.rows.is_empty() {
        return format!("shard {} has no net: there are fewer than shards", study.shard);
    }
    let (headers, rows) = study.means();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut text = table(&headers, &rows);
    for statement in study.statements() {
        text.push_str(&format!("\n{:13} {}", statement.verdict.word(), statement.claim));
        statement.evidence.first().into_iter().for_each(|first| text.push_str(&format!(": {first}")));
    }
    text
}

/// For programs.
pub(super) fn object(study: &ActivationStudy, times: &Times, place: &Place) -> Value {
    let whole = study.json();
    let mut rows = whole["rows"].clone();
    for row in rows.as_array_mut().into_iter().flatten() {
        let time = times.iter().find(|(name, ..)| row["cell"] == name.as_str());
        row["seconds"] = value(&time.and_then(|(_, train, _)| *train));
        row["attack_seconds"] = value(&time.and_then(|(.., attack)| *attack));
    }
    let failed = place.manifest.failed();
    let failed: Vec<Value> =
        failed.iter().map(|(cell, reason)| json!({ "cell": cell, "reason": reason })).collect();
    let path = place.run.path();
    json!({
        "cells": study.rows.len(), "done": study.rows.iter().filter(|row| row.result.is_some()).count(), "failed": failed,
        "shard": study.shard.to_string(), "rows": rows, "groups": whole["groups"], "statements": whole["statements"],
        "out": path, "report": path.join(PAGE),
    })
}
