//! What the demo has of a net.

use super::judge::Judged;
use crate::cli::commands::train::EpochRow;
use sparring::models::ClassifierNet;
use sparring::train::Recipe;

/// One of the two nets with everything measured on it.
pub(crate) struct Fighter {
    pub(crate) name: &'static str,
    pub(crate) model: ClassifierNet,
    pub(crate) recipe: Recipe,
    pub(crate) rows: Vec<EpochRow>,
    pub(crate) judged: Judged,
}
