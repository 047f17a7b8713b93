//! What one shard did, in a file that says from what it was made.

use crate::{Shard, StudyError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sparring_store::{StoreError, read_sealed, sha256_hex, write_sealed};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file's name.
pub const MANIFEST: &str = "manifest.json";
/// The newest format of manifests, the one that is written.
pub const MANIFEST_FORMAT: u32 = 1;

/// What one shard was asked for, from what it made it, and what became of each of its cells. It holds no time and no path: the manifest of a
/// merge has the bytes of that of one process.
///
/// The file is JSON whose first entry is the SHA-256 of the file with zeros in its place ([`write_sealed`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of the file.
    pub format: u32,
    /// What the cells are: `sweep`, `evaluation`.
    pub kind: String,
    /// Which of the cells.
    pub shard: Shard,
    /// Cells of the whole.
    pub total: usize,
    /// What all shards of one whole have in common.
    pub inputs: Inputs,
    /// The cells of this shard, by their position in the whole.
    pub rows: Vec<ManifestRow>,
}

/// What results depend on; shards that differ in it are never merged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// What was asked for, as its author wrote it: the text of a grid, or the attacks of an evaluation.
    pub plan: String,
    /// SHA-256 of `plan`.
    pub plan_sha256: String,
    /// The program.
    pub program: Program,
    /// What was read: data sets and files by name, each with a hash of its contents.
    pub data: BTreeMap<String, String>,
}

/// A program and what of its machine its bits depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its version.
    pub version: String,
    /// SHA-256 of its file: two builds of one version may round differently.
    pub sha256: String,
    /// The instruction set in use.
    pub isa: String,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifestRow {
    /// Its position in the whole, from 0.
    pub index: usize,
    /// Its name, under which its files stand.
    pub name: String,
    /// What became of it.
    #[serde(flatten)]
    pub state: CellState,
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CellState {
    /// Not begun, or interrupted.
    Open,
    /// It crashed or was refused.
    Failed {
        /// The line that says why.
        reason: String,
    },
    /// Finished.
    Done {
        /// Its figures.
        result: Value,
    },
}

impl CellState {
    /// `open`, `failed` or `done`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Failed { .. } => "failed",
            Self::Done { .. } => "done",
        }
    }
}

impl Inputs {
    /// With the hash of the plan.
    pub fn new(plan: String, program: Program, data: BTreeMap<String, String>) -> Self {
        Self { plan_sha256: sha256_hex(plan.as_bytes()), plan, program, data }
    }
    /// The first difference in words, with the way out; `None` if there is none.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let short = |sum: &str| sum.chars().take(12).collect::<String>();
        if self.plan_sha256 != other.plan_sha256 || self.plan != other.plan {
            let (a, b) = (short(&self.plan_sha256), short(&other.plan_sha256));
            return Some(format!(
                "the configurations differ (SHA-256 {a} and {b}{}): run all shards with the same one",
                first_difference(&self.plan, &other.plan)
            ));
        }
        let (a, b) = (&self.program, &other.program);
        if a.version != b.version || a.sha256 != b.sha256 {
            let told = |p: &Program| format!("{} ({})", p.version, short(&p.sha256));
            let told = format!("{} and {}", told(a), told(b));
            return Some(format!(
                "the programs differ, {told}: run all shards with the same file of the program"
            ));
        }
        if a.isa != b.isa {
            let told = format!("{} and {}", a.isa, b.isa);
            let way = "set SPARRING_ISA to what all machines have, as in SPARRING_ISA=avx2, for all shards";
            return Some(format!("the instruction sets differ, {told}, and with them the last bits: {way}"));
        }
        let names = self.data.keys().chain(other.data.keys());
        names
            .into_iter()
            .find(|name| self.data.get(*name) != other.data.get(*name))
            .map(|name| format!("the data `{name}` differ: run all shards on the same files"))
    }
}

impl Manifest {
    /// Of a shard that has not begun; `names` are those of all cells of the whole.
    pub fn begin(kind: &str, shard: Shard, names: &[String], inputs: Inputs) -> Self {
        let own = names.iter().enumerate().filter(|(position, _)| shard.has(*position));
        let rows = own.map(|(index, name)| ManifestRow { index, name: name.clone(), state: CellState::Open });
        Self {
            format: MANIFEST_FORMAT,
            kind: kind.into(),
            shard,
            total: names.len(),
            inputs,
            rows: rows.collect(),
        }
    }
    /// Writes it into a directory, whole or not at all.
    ///
    /// # Errors
    /// [`StudyError::Store`].
    pub fn write(&self, directory: &Path) -> Result<(), StudyError> {
        Ok(write_sealed(directory.join(MANIFEST), self)?)
    }
    /// That of a directory; `None` if it has none.
    ///
    /// # Errors
    /// [`StudyError::Manifest`] if it is damaged, of a later format, or makes no sense; [`StudyError::Store`] if it cannot be read.
    pub fn read(directory: &Path) -> Result<Option<Self>, StudyError> {
        let path = directory.join(MANIFEST);
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let refused = |what: String| StudyError::manifest(&path, what);
        let value: Value = read_sealed(&path).map_err(|e| match e.reason() {
            StoreError::Io { .. } => e.into(),
            fault => refused(format!(
                "damaged: {fault}; of a sweep remove it and run the shard again (what it has finished is found), an evaluation begin again in another directory"
            )),
        })?;
        let format = value["format"].as_u64().unwrap_or(0);
        if format != u64::from(MANIFEST_FORMAT) {
            let what = format!("written in format {format}, this program reads format {MANIFEST_FORMAT}");
            return Err(refused(format!("{what}; use the version that wrote it")));
        }
        let manifest: Self =
            serde_json::from_value(value).map_err(|e| refused(format!("it cannot be used: {e}")))?;
        manifest.check().map_err(|what| refused(format!("it cannot be used: {what}")))?;
        Ok(Some(manifest))
    }
    /// Its rows are those of its shard, and its hashes those of what stands beside them.
    fn check(&self) -> Result<(), String> {
        Shard::new(self.shard.index, self.shard.count).map_err(|e| e.to_string())?;
        let Shard { index, count } = self.shard;
        let own = self.total.saturating_sub(index).div_ceil(count);
        let in_place = |(k, row): (usize, &ManifestRow)| row.index == index + k * count;
        if self.rows.len() != own || !self.rows.iter().enumerate().all(in_place) {
            return Err(format!("its rows are not the cells of shard {} of {}", self.shard, self.total));
        }
        if self.rows.iter().any(|row| !is_plain(&row.name)) {
            return Err("a cell's name is no name of a folder".into());
        }
        if sha256_hex(self.inputs.plan.as_bytes()) != self.inputs.plan_sha256 {
            return Err("the hash of its configuration is another".into());
        }
        Ok(())
    }
    /// Cells in this state.
    pub fn count(&self, state: impl Fn(&CellState) -> bool) -> usize {
        self.rows.iter().filter(|row| state(&row.state)).count()
    }
    /// The cells that failed, with the reasons.
    pub fn failed(&self) -> Vec<(&str, &str)> {
        let failed = self.rows.iter().filter_map(|row| match &row.state {
            CellState::Failed { reason } => Some((row.name.as_str(), reason.as_str())),
            _ => None,
        });
        failed.collect()
    }
    /// Where the run of a cell is, seen from the directory of its shard.
    pub fn run_of(name: &str) -> PathBuf {
        Path::new("cells").join(name)
    }
}

/// The first line that two texts do not share, in words.
fn first_difference(a: &str, b: &str) -> String {
    const MOST: usize = 80;
    let cut = |line: Option<&str>| {
        let line = line.unwrap_or("the end").trim();
        let short: String = line.chars().filter(|c| !c.is_control()).take(MOST).collect();
        if line.chars().count() > MOST { format!("{short}..") } else { short }
    };
    let (mut one, mut other) = (a.lines(), b.lines());
    for number in 1.. {
        match (one.next(), other.next()) {
            (None, None) => break,
            (x, y) if x == y => {}
            (x, y) => return format!("; line {number}: `{}` and `{}`", cut(x), cut(y)),
        }
    }
    String::new()
}

/// Letters, digits and a few signs, not hidden: a name leads nowhere but into its folder.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.=".contains(c);
    !name.is_empty() && name.len() <= 120 && !name.starts_with('.') && name.chars().all(plain)
}
