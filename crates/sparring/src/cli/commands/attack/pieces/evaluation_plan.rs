//! What an evaluation in pieces was asked for: the plan of its manifest.

use super::super::args::Args;
use super::super::cards::Source;
use super::super::work::{NamedAttacks, Work};
use crate::cli::pages::{again, attack::trained_for};
use crate::cli::{Failure, Outcome};
use serde::{Deserialize, Serialize};
use sparring::attacks::Course;
use sparring_study::Manifest;
use std::collections::BTreeMap;
use std::ops::Range;

/// Everything that its figures depend on, but for the program and the contents of the files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EvaluationPlan {
    /// The words after `sparring`, without those that change no figure.
    pub(super) arguments: Vec<String>,
    pub(super) source: Source,
    /// The set, as it is called.
    pub(super) data: String,
    /// The budget that the model was trained against, for the page.
    pub(super) trained: Option<f64>,
    /// Images of the whole, and of a piece.
    pub(super) n: usize,
    pub(super) piece: usize,
    pub(super) course: Course,
    #[serde(flatten)]
    pub(super) attacks: NamedAttacks,
    /// Whether the last cell holds the checks that look at a few images of the whole.
    pub(super) checks: bool,
    /// The arithmetic of proposals, in which it ran.
    pub(super) precision: String,
    /// SHA-256 of the weights that attacks climbed in the model's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    surrogate_sha256: Option<String>,
}

impl EvaluationPlan {
    pub(super) fn of(args: &Args, work: &Work) -> Self {
        let target = &work.target;
        Self {
            arguments: again::arguments(),
            source: target.source.clone(),
            data: target.data.asked.clone(),
            trained: trained_for(&args.model.path),
            n: target.test.len(),
            piece: args.piece,
            course: work.how.course,
            attacks: work.named_attacks(),
            checks: work.checks,
            precision: work.how.precision.to_string(),
            surrogate_sha256: target.surrogate_sha256.clone(),
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
    /// The command, to be copied.
    pub(super) fn command(&self) -> String {
        let words = std::iter::once("sparring").chain(self.arguments.iter().map(String::as_str));
        words.map(again::quoted).collect::<Vec<_>>().join(" ")
    }
    /// Hashes of what is read.
    pub(super) fn inputs(&self) -> BTreeMap<String, String> {
        let source = &self.source;
        let own = [("model", source.model_sha256.clone()), ("images", source.data_digest.clone())];
        let other = self.surrogate_sha256.clone().map(|sum| ("surrogate", sum));
        own.into_iter().chain(other).map(|(name, sum)| (name.to_owned(), sum)).collect()
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
