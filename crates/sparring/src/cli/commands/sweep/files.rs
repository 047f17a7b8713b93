//! Where the files of a cell are, and what its commands have left there.

use serde_json::Value;
use sparring::store::sha256_hex;
use sparring_study::{CellState, Manifest};
use std::path::{Path, PathBuf};

/// Larger outputs are not those of our commands, in bytes.
const MOST: u64 = 256 << 20;

/// The files of all cells in a directory. What was printed stands under names with a hash of what it depends on: an output of other data, another build
/// or another attack is never taken for a result of this sweep.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    /// Of program and data.
    trained: String,
    /// Of these and the attack.
    attacked: String,
    /// Whether nets are attacked.
    attacks: bool,
}

impl Files {
    pub(super) fn new(directory: &Path, depends_on: &Value, attack: &[String]) -> Self {
        let short = |text: String| sha256_hex(text.as_bytes())[..8].to_string();
        let trained = short(depends_on.to_string());
        let attacked = short(format!("{depends_on} {}", attack.join("\n")));
        Self { directory: directory.to_path_buf(), trained, attacked, attacks: !attack.is_empty() }
    }
    pub(super) fn run(&self, name: &str) -> PathBuf {
        self.directory.join(Manifest::run_of(name))
    }
    fn log(&self, name: &str, ending: &str) -> PathBuf {
        self.directory.join("logs").join(format!("{name}.{ending}"))
    }
    /// What the training prints on stdout.
    pub(super) fn trained(&self, name: &str) -> PathBuf {
        self.log(name, &format!("train-{}.json", self.trained))
    }
    /// What the attack prints on stdout.
    pub(super) fn attacked(&self, name: &str) -> PathBuf {
        self.log(name, &format!("attack-{}.json", self.attacked))
    }
    /// What both print on stderr.
    pub(super) fn told(&self, name: &str) -> PathBuf {
        self.log(name, "log")
    }
    /// The outputs of training and attack, as far as they are whole.
    pub(super) fn outputs(&self, name: &str) -> (Option<Value>, Option<Value>) {
        let attacked = self.attacks.then(|| last_line(&self.attacked(name))).flatten();
        (last_line(&self.trained(name)).filter(|object| object.get("run").is_some()), attacked)
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

/// Seconds of training and attack of a cell, as far as they are known.
pub(super) type Times = Vec<(String, Option<f64>, Option<f64>)>;

/// The times of the finished cells.
pub(super) fn times(files: &Files, manifest: &Manifest) -> Times {
    let done = manifest.rows.iter().filter(|row| matches!(row.state, CellState::Done { .. }));
    let of = |name: &str| {
        let (trained, attacked) = files.outputs(name);
        let attacks = attacked.as_ref().and_then(|object| object["attacks"].as_array());
        let seconds = |object: &Value| object["seconds"].as_f64();
        (
            name.to_string(),
            trained.as_ref().and_then(seconds),
            attacks.map(|all| all.iter().filter_map(seconds).sum()),
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
