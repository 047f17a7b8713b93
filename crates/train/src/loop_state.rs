//! What the loop carries from epoch to epoch beside the model.

use crate::learner_state::LearnerState;
use serde::{Deserialize, Serialize};
use sparring_nn::Params;
use sparring_optim::PlateauState;

/// The best epoch so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestEpoch {
    /// From 1.
    pub epoch: u64,
    /// Its monitored figure.
    pub figure: f64,
}

/// What the figures of the epochs, and steps that were not finite, have led to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Of a plateau schedule.
    pub plateau: Option<PlateauState>,
    /// Of a training that keeps the best weights; `None` before the first epoch with a figure.
    pub best: Option<BestEpoch>,
    /// The epoch with which the training ended early.
    pub stopped: Option<u64>,
    /// Steps that were left out.
    pub skipped: u64,
    /// Of these the last ones, without a whole step since.
    pub skipped_in_a_row: u64,
    /// Returns to the beginning of an epoch.
    pub roll_backs: u64,
    /// Factor of all learning rates.
    pub lr_factor: f64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            plateau: None,
            best: None,
            stopped: None,
            skipped: 0,
            skipped_in_a_row: 0,
            roll_backs: 0,
            lr_factor: 1.0,
        }
    }
}

impl Progress {
    /// Rates are numbers to train by.
    pub(crate) fn makes_sense(&self) -> bool {
        let rate = |v: f64| v.is_finite() && v > 0.0;
        rate(self.lr_factor) && self.plateau.is_none_or(|p| rate(p.lr))
    }
}

/// Where a training may go back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Steps done then.
    pub step: u64,
    /// Of the learner.
    pub learner: LearnerState,
}

/// What the loop carries from epoch to epoch beside the model.
#[derive(Clone, Debug, Default)]
pub struct LoopState {
    /// The figures.
    pub progress: Progress,
    /// The weights of the best epoch, of each network, where they are kept.
    pub best: Vec<Params<f32>>,
    /// The beginning of the epoch, where a training may go back to it.
    pub snapshot: Option<Snapshot>,
}
