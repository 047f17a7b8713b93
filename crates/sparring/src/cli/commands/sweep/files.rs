//! Where the files of a cell are, and what its commands have left there.

use super::followed::{Combine, Followed};
use super::plan::Plan;
use crate::cli::commands::train::{is_finished, is_saved};
use crate::cli::io::say;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::store::{read, sha256_hex};
use sparring_study::{CellResult, CellState, GridCell, Inputs, Manifest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Larger outputs are not those of our commands, in bytes.
const MOST: u64 = 256 << 20;

/// The files of all cells in a directory. What was printed stands under names with a hash of what it depends on: an output of other data, another build
/// or another attack is never taken for a result of this sweep. Each cell's hash is of what its own commands read, so a grid may read more or less than it did.
#[derive(Debug)]
pub(in crate::cli::commands) struct Files {
    directory: PathBuf,
    /// Of each cell: the hash of what its training depends on, and of what each command after it does.
    hashes: BTreeMap<String, (String, Vec<String>)>,
    /// The names of those commands.
    follow: Vec<&'static str>,
    combine: Combine,
}

/// What the next command of a cell is.
pub(super) enum Next {
    Train,
    Resume,
    /// The command of this number among those that follow.
    Follow(usize),
    Nothing(Box<CellResult>),
}

impl Files {
    pub(super) fn new(directory: &Path, plan: &Plan) -> Self {
        let short = |text: &str| sha256_hex(text.as_bytes())[..8].to_string();
        let Inputs { program, data, .. } = &plan.inputs;
        let read = |names: &[String]| names.iter().map(|name| json!([name, data[name]])).collect::<Vec<_>>();
        let of = |(cell, reads): (&GridCell, &Vec<String>)| {
            let trained = json!({ "program": program, "data": read(reads) }).to_string();
            let follow = |one: &Followed| {
                let followed = json!({ "data": read(one.data.as_slice()), one.name: one.flags });
                short(&format!("{trained} {followed}"))
            };
            (cell.name.clone(), (short(&trained), plan.follow.iter().map(follow).collect()))
        };
        let hashes = plan.cells.iter().zip(&plan.reads).map(of).collect();
        let follow = plan.follow.iter().map(|one| one.name).collect();
        Self { directory: directory.to_path_buf(), hashes, follow, combine: plan.combine }
    }
    pub(super) fn run(&self, name: &str) -> PathBuf {
        self.directory.join(Manifest::run_of(name))
    }
    fn log(&self, name: &str, ending: &str) -> PathBuf {
        self.directory.join("logs").join(format!("{name}.{ending}"))
    }
    /// What the training prints on stdout.
    pub(super) fn trained(&self, name: &str) -> PathBuf {
        self.log(name, &format!("train-{}.json", self.hashes[name].0))
    }
    /// What the command of this number after it prints on stdout.
    pub(super) fn followed(&self, name: &str, k: usize) -> PathBuf {
        self.log(name, &format!("{}-{}.json", self.follow[k], self.hashes[name].1[k]))
    }
    /// What all print on stderr.
    pub(super) fn told(&self, name: &str) -> PathBuf {
        self.log(name, "log")
    }
    /// What is left to do, from what the cell's commands have left behind.
    pub(super) fn next(&self, name: &str) -> Next {
        let run = self.run(name);
        // Without its output a run may be another build's, or on other data.
        let ours = self.trained(name).is_file();
        match self.outputs(name) {
            (Some(trained), printed) if self.fault(name).is_none() => {
                let last = self.follow.len().saturating_sub(1);
                match (printed.len() < self.follow.len(), (self.combine)(&trained, &printed)) {
                    (true, _) => Next::Follow(printed.len()),
                    (false, Some(result)) => Next::Nothing(Box::new(result)),
                    (false, None) => Next::Follow(last),
                }
            }
            _ if ours && !is_finished(&run) && is_saved(&run) => Next::Resume,
            _ => Next::Train,
        }
    }
    /// Why the run of a cell is not the one that its figures are of; `None` if its page and its model are there and whole.
    pub(super) fn fault(&self, name: &str) -> Option<String> {
        let run = self.run(name);
        if !run.exists() {
            return Some("it is gone".into());
        }
        if !is_finished(&run) {
            return Some("its page or its model is gone".into());
        }
        read(run.join("model.safetensors")).err().map(|e| format!("its model is damaged ({})", e.reason()))
    }
    /// Makes way for a training: what could not go on is removed, a finished run of other data or another build, or with a damaged model, is moved to
    /// `set-aside`.
    pub(super) fn clear(&self, name: &str) -> Outcome {
        let run = self.run(name);
        // What followed is measured anew, too.
        for k in 0..self.follow.len() {
            let _ = std::fs::remove_file(self.followed(name, k));
        }
        if !run.exists() {
            if self.outputs(name).0.is_some() {
                say::note(&format!("{}: it was finished and is gone, it is trained again", run.display()));
            }
            return Ok(());
        }
        if !is_finished(&run) {
            say::note(&format!("{}: begun anew, what was there could not go on", run.display()));
            return std::fs::remove_dir_all(&run).map_err(|e| Failure::at(&run, e));
        }
        let aside = self.directory.join("set-aside");
        std::fs::create_dir_all(&aside).map_err(|e| Failure::at(&aside, e))?;
        let free = (1..).map(|k| aside.join(format!("{name}-{k}"))).find(|path| !path.exists());
        let free = free.expect("there are more numbers than files");
        let (from, to) = (run.display(), free.display());
        match self.fault(name) {
            Some(why) => say::note(&format!("{from}: {why}, it is trained again; the old run is now {to}")),
            None => say::note(&format!(
                "{from}: the finished run there has no result of this sweep, it is now {to}"
            )),
        }
        std::fs::rename(&run, &free).map_err(|e| Failure::at(&run, e))
    }
    /// The outputs of the training and of what followed, as far as they are whole.
    fn outputs(&self, name: &str) -> (Option<Value>, Vec<Value>) {
        let followed = (0..self.follow.len()).map_while(|k| last_line(&self.followed(name, k))).collect();
        (last_line(&self.trained(name)).filter(|object| object.get("run").is_some()), followed)
    }
}

/// The JSON object on the last line of an output.
fn last_line(path: &Path) -> Option<Value> {
    let small = path.metadata().is_ok_and(|m| m.is_file() && m.len() < MOST);
    let text = small.then(|| std::fs::read_to_string(path).ok()).flatten()?;
    // A line that was cut off is none.
    let line = text.strip_suffix('\n')?.lines().next_back()?;
    serde_json::from_str::<Value>(line).ok().filter(Value::is_object)
}

/// Seconds of the training of a cell, and of all attacks on it, as far as they are known.
pub(in crate::cli::commands) type Times = Vec<(String, Option<f64>, Option<f64>)>;

/// The times of the finished cells.
pub(super) fn times(files: &Files, manifest: &Manifest) -> Times {
    let done = manifest.rows.iter().filter(|row| matches!(row.state, CellState::Done { .. }));
    let of = |name: &str| {
        let (trained, printed) = files.outputs(name);
        let attacks: Vec<&Value> =
            printed.iter().filter_map(|object| object["attacks"].as_array()).flatten().collect();
        let seconds = |object: &Value| object["seconds"].as_f64();
        (
            name.to_string(),
            trained.as_ref().and_then(seconds),
            (!attacks.is_empty()).then(|| attacks.into_iter().filter_map(seconds).sum()),
        )
    };
    done.map(|row| of(&row.name)).collect()
}

/// The file of the times. Names of cells hold nothing that CSV would have to quote.
pub(super) fn times_csv(times: &Times) -> String {
    let shown = |seconds: Option<f64>| seconds.map_or(String::new(), |s| format!("{s:.3}"));
    let line = |(name, train, attack): &(String, Option<f64>, Option<f64>)| {
        format!("{name},{},{}\n", shown(*train), shown(*attack))
    };
    times.iter().map(line).fold("cell,train_seconds,attack_seconds\n".to_string(), |text, line| text + &line)
}
