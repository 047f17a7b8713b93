//! What the loop carries from epoch to epoch beside the model.

use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::non_finite::NonFinitePolicy;
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
pub struct LoopProgress {
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

impl Default for LoopProgress {
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

impl LoopProgress {
    /// Whether a training by these settings may have come to it in so many steps and reported epochs.
    pub(crate) fn fits(&self, settings: &LoopSettings, step: u64, reported: u64) -> bool {
        let rate = |v: f64| v.is_finite() && v > 0.0;
        let Self { plateau, best, stopped, skipped, skipped_in_a_row, roll_backs, lr_factor } = *self;
        let plateau = match (plateau, settings.schedule.plateau()) {
            (None, None) => true,
            (Some(is), Some(of)) => rate(is.lr) && is.bad <= reported && is.cooldown <= of.cooldown as u64,
            _ => false,
        };
        let may_roll = match settings.on_non_finite {
            NonFinitePolicy::RollBack(back) => back.times as u64,
            _ => 0,
        };
        let best = best.is_none_or(|best| {
            settings.selection.keeps_best() && (1..=reported).contains(&best.epoch) && !best.figure.is_nan()
        });
        let stopped = stopped.is_none_or(|at| settings.selection.early_stop.is_some() && at == reported);
        let skipped = skipped_in_a_row <= skipped && skipped <= step;
        plateau && best && stopped && skipped && roll_backs <= may_roll && rate(lr_factor)
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
    pub progress: LoopProgress,
    /// The weights of the best epoch, of each network, where they are kept.
    pub best: Vec<Params<f32>>,
    /// The beginning of the epoch, where a training may go back to it.
    pub snapshot: Option<Snapshot>,
}
