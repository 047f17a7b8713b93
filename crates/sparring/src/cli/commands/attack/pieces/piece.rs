//! A finished cell of an evaluation, and the names of its files.

use serde::{Deserialize, Serialize};
use sparring::attacks::{BudgetCurve, Finding, Report};

/// What a manifest calls it.
pub(crate) const EVALUATION: &str = "evaluation";
/// The command line, for `sparring resume`.
pub(super) const CONFIG: &str = "config.json";

/// What a finished cell holds; it has no times.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Piece {
    /// Some of the images: a report for each budget.
    Images { ids: Vec<u64>, labels: Vec<usize>, reports: Vec<Report>, curve: Option<Box<BudgetCurve>> },
    /// The checks that look at a few images of the whole.
    Checks(Vec<Finding>),
}
