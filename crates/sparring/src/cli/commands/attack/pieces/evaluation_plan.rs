//! What an evaluation in pieces was asked for: the plan of its manifest, and beside it how that was said.

use super::super::args::Args;
use super::super::cards::Source;
use super::super::work::{NamedAttacks, Work};
use super::piece::CONFIG;
use crate::cli::pages::{again, attack::trained_for};
use crate::cli::{Failure, Outcome};
use serde::{Deserialize, Serialize};
use sparring::attacks::{Course, Threat};
use sparring::store::{RunDir, read_config};
use sparring_study::Manifest;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// Everything that its figures depend on, but for the program and the contents of the files; nothing of how it was said, so that shards may name the same things by other paths.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EvaluationPlan {
    /// Images of the whole, and of a piece.
    pub(super) n: usize,
    pub(super) piece: usize,
    pub(super) course: Course,
    /// The budgets, rising.
    threats: Vec<Threat>,
    #[serde(flatten)]
    pub(super) attacks: NamedAttacks,
    /// Whether the last cell holds the checks that look at a few images of the whole.
    pub(super) checks: bool,
    /// The arithmetic of proposals, in which it ran.
    pub(super) precision: String,
    /// Of everything random.
    key: String,
}

/// How it was asked for: `config.json` of its directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Provenance {
    /// The command line, to be copied.
    pub(super) command: String,
    /// Its words after `sparring`, without those that change no figure.
    pub(super) arguments: Vec<String>,
    pub(super) source: Source,
    /// The set, as it is called.
    pub(super) data: String,
    /// The budget that the model was trained against, for the page.
    pub(super) trained: Option<f64>,
}

impl EvaluationPlan {
    pub(super) fn of(args: &Args, work: &Work) -> Self {
        Self {
            n: work.target.test.len(),
            piece: args.piece,
            course: work.how.course,
            threats: work.threats.clone(),
            attacks: work.named_attacks(),
            checks: work.checks,
            precision: work.how.precision.to_string(),
            key: work.how.key.to_string(),
        }
    }
    /// As the manifest has it.
    pub(super) fn text(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
    /// That of a manifest.
    pub(super) fn read(manifest: &Manifest) -> Outcome<Self> {
        let read: Result<Self, _> = serde_json::from_str(&manifest.inputs.plan);
        let refused = |what: String| Failure::Failed(format!("its manifest.json cannot be used: {what}"));
        let plan = read.map_err(|e| refused(e.to_string()))?;
        if plan.piece == 0 || plan.n == 0 || plan.cells() != manifest.total {
            return Err(refused("its cells are not the pieces of its images".into()));
        }
        Ok(plan)
    }
    /// Pieces with images.
    pub(super) fn pieces(&self) -> usize {
        self.n.div_ceil(self.piece)
    }
    /// Cells: the pieces, and one for the checks if they are made.
    fn cells(&self) -> usize {
        self.pieces() + usize::from(self.checks)
    }
    /// The images of a cell; none for the last one, with the checks.
    pub(super) fn images(&self, index: usize) -> Option<Range<usize>> {
        let from = index * self.piece;
        (index < self.pieces()).then(|| from..self.n.min(from + self.piece))
    }
    /// The names of all cells.
    pub(super) fn names(&self) -> Vec<String> {
        let images = (0..self.pieces()).filter_map(|k| self.images(k));
        let images = images.map(|which| format!("images-{:06}-{:06}", which.start, which.end - 1));
        images.chain(self.checks.then(|| "checks".to_owned())).collect()
    }
}

impl Provenance {
    pub(super) fn of(args: &Args, work: &Work) -> Self {
        let target = &work.target;
        Self {
            command: again::command(),
            arguments: again::arguments(),
            source: target.source.clone(),
            data: target.data.asked.clone(),
            trained: trained_for(&args.model.path),
        }
    }
    /// Hashes of what is read.
    pub(super) fn inputs(&self, work: &Work) -> BTreeMap<String, String> {
        let own = self.source.hashes().map(|(name, hash)| (name.to_owned(), hash.to_owned()));
        own.chain(work.generators()).collect()
    }
    pub(super) fn write(&self, run: &RunDir) -> Outcome {
        Ok(run.write_json(CONFIG, self)?)
    }
    /// That of a directory.
    pub(super) fn read(directory: &Path) -> Outcome<Self> {
        let broken = |what: String| {
            let shown = directory.display();
            Failure::Failed(format!(
                "{shown}: its {CONFIG} cannot be used: {what}; give the command that began it again, which writes it anew"
            ))
        };
        let config = read_config(directory)?.ok_or_else(|| broken("it is gone".into()))?;
        serde_json::from_value(config).map_err(|e| broken(e.to_string()))
    }
}
