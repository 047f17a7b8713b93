//! On what the figures were measured.

use super::arguments::Arguments;
use crate::machine::{commit, cores, cpu, day, line, rustc};
use serde_json::{Value, json};
use std::path::Path;

/// Processor, cores, compiler, commit, the Python packages of the environment, and the command.
pub fn about(python: Option<&Path>, arguments: &Arguments, words: &[String]) -> Value {
    let versions = python.and_then(Path::to_str).map(|python| {
        let names = "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'jax', 'foolbox', 'torchattacks')))";
        line(python, &["-c", names])
    });
    json!({"about": {
        "cpu": cpu(), "cores": cores(), "rustc": rustc(), "python": versions, "commit": commit(), "day": day(),
        "crates": super::install::crates(arguments), "command": format!("cargo xtask peers {}", words.join(" ")),
    }})
}

/// The same as a sentence.
pub fn sentence(about: &Value) -> String {
    let about = &about["about"];
    let text = |key: &str| about[key].as_str().unwrap_or("unknown").to_string();
    // Python stays out where no peer is written in it.
    let peers: Vec<&str> =
        ["python", "crates"].iter().filter_map(|key| about[key].as_str()).filter(|t| !t.is_empty()).collect();
    let peers = peers.join("; ");
    format!(
        "{} cores of {}, {}, commit {}, {}; {peers}. `{}`",
        about["cores"],
        text("cpu"),
        text("rustc"),
        text("commit"),
        text("day"),
        text("command").trim_end()
    )
}
