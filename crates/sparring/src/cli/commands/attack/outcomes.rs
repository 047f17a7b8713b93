//! What came of the command.

use super::cards::Card;
use sparring::attacks::{BudgetCurve, Report};
use sparring::train::PurifierScores;

/// A report for each budget, rising, the curve if one was asked for, the cards of all, and what a purifier is worth at the largest budget.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes {
    pub(crate) reports: Vec<Report>,
    pub(crate) curve: Option<BudgetCurve>,
    pub(crate) cards: Vec<Card>,
    pub(crate) purifier: Option<PurifierScores>,
}
