//! Steps whose loss or gradient is not finite: the flags that say what becomes of them, and what is said of them.

use crate::cli::options::name;
use sparring::train::{LoopProgress, NonFinitePolicy, StepMetrics, StepOutcome, TrainError};

/// The policy.
#[derive(Debug, clap::Args)]
pub(super) struct PolicyArgs {
    /// What becomes of a step whose loss or gradient is not finite: it ends the training, is left out, or the training goes back to the
    /// beginning of the epoch with a lower learning rate.
    #[arg(long, default_value = "error", value_parser = name::<NonFinitePolicy>())]
    pub(super) on_non_finite: NonFinitePolicy,
}

/// Anomaly mode.
#[derive(Debug, clap::Args)]
pub(super) struct AnomalyArgs {
    /// Look at the output and the gradient of every operation of every step, but those of a defence's attack, and name the first that is
    /// not finite with its layer and shape. Steps take several times as long.
    #[arg(long)]
    pub(super) anomaly: bool,
}

/// What is said of a step that was not made.
pub(super) fn unmade(step: &StepMetrics, why: &TrainError) -> String {
    match step.outcome {
        StepOutcome::RolledBack => format!("{why}; back to step {} with a lower learning rate", step.step),
        _ => format!("{why}; the step is left out"),
    }
}

/// What is said at the end of a training with such steps.
pub(super) fn warning(progress: &LoopProgress) -> Option<String> {
    let times = |n: u64, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let LoopProgress { skipped, roll_backs, lr_factor, .. } = *progress;
    if skipped > 0 {
        let steps = times(skipped, "step was", "steps were");
        Some(format!("{steps} left out, as the loss or a gradient was not finite"))
    } else if roll_backs > 0 {
        let back = times(roll_backs, "time", "times");
        Some(format!(
            "the training went back {back}, as the loss or a gradient was not finite; in the end learning rates were {lr_factor} of what was asked for"
        ))
    } else {
        None
    }
}
