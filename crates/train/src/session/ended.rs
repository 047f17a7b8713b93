//! The end of an epoch.

use crate::observe::StepMetrics;

/// What became of an epoch whose steps are made.
pub(super) enum Ended<Ep> {
    Reported(Ep),
    /// Its validation was not finite, and the training is back at its beginning.
    RolledBack(StepMetrics),
}
