//! On what the figures were measured.

use super::arguments::Arguments;
use crate::run_program::{output_of, root};
use serde_json::{Value, json};
use std::path::Path;

/// Processor, cores, compiler, commit, the Python packages of the environment, and the command.
pub fn about(python: Option<&Path>, arguments: &Arguments, words: &[String]) -> Value {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown", |c| c.1.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let line = |program: &str, args: &[&str]| {
        output_of(program, args, &root()).map_or("unknown".into(), |t| t.trim().to_string())
    };
    let versions = python.and_then(Path::to_str).map(|python| {
        let names = "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'jax', 'foolbox', 'torchattacks')))";
        line(python, &["-c", names])
    });
    json!({"about": {
        "cpu": cpu, "cores": cores, "rustc": line("rustc", &["--version"]), "python": versions,
        "commit": line("git", &["describe", "--always", "--dirty"]), "day": line("date", &["-u", "+%F"]),
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
