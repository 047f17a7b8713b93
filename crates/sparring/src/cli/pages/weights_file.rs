//! Where the weights of a model are, and why they are not there.

use super::again::quoted;
use crate::cli::commands::train::is_saved;
use crate::cli::{Failure, Outcome};
use sparring::store::{read_config, recognise_path};
use sparring_study::Manifest;
use std::path::{Path, PathBuf};

/// A run directory's weights file, or the file itself.
pub(crate) fn weights_file(path: &Path) -> Outcome<PathBuf> {
    if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return Err(Failure::at(path, "not a file; name a run directory or a weights file"));
    }
    let file = if path.is_dir() { path.join("model.safetensors") } else { path.to_path_buf() };
    if file.is_file() {
        return Ok(file);
    }
    if let Some(foreign) = recognise_path(path) {
        return Err(Failure::at(
            path,
            format!("{}, not a safetensors file: {}", foreign.what, foreign.way_out),
        ));
    }
    Err(Failure::at(path, why_none(path)?))
}

/// The first of many names.
fn some(names: &[String]) -> String {
    const MOST: usize = 4;
    let shown = names[..names.len().min(MOST)].join(", ");
    if names.len() > MOST { format!("{shown}, .. ({} in all)", names.len()) } else { shown }
}

/// Why there are no weights, and what to do or to name instead.
fn why_none(path: &Path) -> Outcome<String> {
    if !path.is_dir() {
        return Ok("no such file; name a run directory or a weights file".into());
    }
    if Manifest::read(path)?.is_some() {
        let cells = runs_in(&path.join("cells"));
        return Ok(match &cells[..] {
            [] => {
                "the directory of a sweep or an evaluation, in which no model is finished; name that of a trained run".into()
            }
            _ => format!("the directory of a sweep or study; name one of its runs: {}", some(&cells)),
        });
    }
    let runs = runs_in(path);
    if !runs.is_empty() {
        return Ok(format!("holds {} runs; name one of them: {}", runs.len(), some(&runs)));
    }
    let config = read_config(path)?.unwrap_or_default();
    if !config["command"].as_str().is_some_and(|c| c.starts_with("train ")) {
        return Ok("no model.safetensors in it; name a run directory or a weights file".into());
    }
    Ok(match (is_saved(path), config["repeat"].as_str()) {
        (true, _) => {
            let run = quoted(&path.to_string_lossy());
            format!("its training is not finished; go on with `sparring resume {run}`")
        }
        (false, Some(line)) => {
            format!("its training is not finished, and nothing of it was saved; to begin again: {line}")
        }
        (false, None) => "its training is not finished, and nothing of it was saved; begin it again".into(),
    })
}

/// The run directories in a folder, the first few of them, as a shell takes them.
fn runs_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let mut runs: Vec<_> = entries.filter(|p| p.join("model.safetensors").is_file()).collect();
    runs.sort();
    runs.iter().take(8).map(|p| quoted(&p.to_string_lossy())).collect()
}
