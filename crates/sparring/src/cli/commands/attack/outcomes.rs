//! What came of the command.

use super::cards::Card;
use sparring::attacks::{BudgetCurve, Report};

/// A report for each budget, rising, the curve if one was asked for, and the cards of all.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes {
    pub(crate) reports: Vec<Report>,
    pub(crate) curve: Option<BudgetCurve>,
    pub(crate) cards: Vec<Card>,
}
