//! What becomes of a step whose loss or gradient is not finite.

use super::Session;
use crate::learner::{Failure, Learner};
use crate::learner_state::LearnerState;
use crate::non_finite::NonFinitePolicy;
use crate::observe::{StepMetrics, StepOutcome};
use crate::{TrainError, trouble};
use sparring_attacks::AttackError;
use std::time::Instant;

impl<F: Learner> Session<'_, F> {
    /// What the policy makes of the step; `before` is what the learner was before it, where the policy asked for that.
    pub(super) fn remedied(
        &mut self,
        why: TrainError,
        of: StepMetrics,
        before: Option<LearnerState>,
    ) -> Result<StepMetrics, TrainError> {
        // The batch was not learnt from: whoever goes on meets it again.
        self.rewind();
        if !why.is_non_finite() {
            return Err(why);
        }
        let of = match why {
            TrainError::NonFinite { loss, .. } => StepMetrics { loss, ..of },
            _ => of,
        };
        let progress = self.state.progress;
        let done = match (self.settings.on_non_finite, before) {
            (NonFinitePolicy::Skip(skip), Some(before)) => {
                if progress.skipped_in_a_row >= skip.most as u64 || !is_finite(&before) {
                    return Err(why);
                }
                self.skip(&before, of)?
            }
            (NonFinitePolicy::RollBack(back), _) if progress.roll_backs < back.times as u64 => {
                let Some(done) = self.roll_back(back.factor, of)? else { return Err(why) };
                done
            }
            _ => return Err(why),
        };
        self.trouble = Some(why);
        Ok(done)
    }
    fn skip(&mut self, before: &LearnerState, of: StepMetrics) -> Result<StepMetrics, TrainError> {
        self.learner.restore(before)?;
        let progress = &mut self.state.progress;
        progress.skipped += 1;
        progress.skipped_in_a_row += 1;
        self.count(&of);
        self.rewind();
        Ok(StepMetrics { outcome: StepOutcome::Skipped, ..of })
    }
    /// `None` where there is nothing to go back to that could be trained on.
    fn roll_back(&mut self, factor: f64, of: StepMetrics) -> Result<Option<StepMetrics>, TrainError> {
        let Some(snapshot) = self.state.snapshot.as_ref().filter(|s| is_finite(&s.learner)) else {
            return Ok(None);
        };
        self.learner.restore(&snapshot.learner)?;
        self.step = snapshot.step;
        self.state.progress.roll_backs += 1;
        self.state.progress.lr_factor *= factor;
        self.rewind();
        (self.begun, self.examples) = (Instant::now(), 0);
        let (step, outcome) = (self.step, StepOutcome::RolledBack);
        Ok(Some(StepMetrics { step, ends_epoch: false, examples: 0, outcome, ..of }))
    }
}

/// Whether all weights are finite: from others no step leads back.
fn is_finite(state: &LearnerState) -> bool {
    let params = state.networks.iter().flat_map(|(_, params, _)| params.iter());
    params.into_iter().all(|p| sparring_tensor::reduce::all_finite(&p.value))
}

/// The error of a step that was not made.
pub(super) fn told(failure: Failure, epoch: usize, step: u64, at: Option<String>) -> TrainError {
    match failure {
        Failure::Loss(loss) => TrainError::NonFinite { epoch, step, loss, at: trouble::told(at) },
        Failure::Anomaly(at) => TrainError::Anomaly { epoch, step, at },
        // A defence's attack refuses logits that are not finite: where the network is the cause, that is the error, as for any other step.
        Failure::Other(e @ TrainError::Attack(AttackError::NonFinite { .. })) => match at {
            Some(at) => TrainError::NonFinite { epoch, step, loss: f64::NAN, at },
            None => e,
        },
        Failure::Other(e) => e,
    }
}
