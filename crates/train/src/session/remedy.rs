//! What becomes of a step whose loss or gradient is not finite.

use super::Session;
use crate::TrainError;
use crate::learner::Learner;
use crate::learner_state::LearnerState;
use crate::non_finite::NonFinitePolicy;
use crate::observe::{Observer, StepMetrics, StepOutcome};
use std::time::Instant;

impl<F: Learner> Session<'_, F> {
    /// Whether steps are made from copies of what they change.
    pub(super) fn copies_steps(&self) -> bool {
        matches!(self.settings.on_non_finite, NonFinitePolicy::Skip(_))
    }
    /// Whether a step after which a weight is not finite is one that failed.
    pub(super) fn looks_at_weights(&self, ends_epoch: bool) -> bool {
        match self.settings.on_non_finite {
            NonFinitePolicy::Fail(_) => false,
            NonFinitePolicy::Skip(_) => true,
            // What the next epoch would go back to.
            NonFinitePolicy::RollBack(_) => ends_epoch,
        }
    }
    /// Tells of a step that was left out or gone back from.
    pub(super) fn tell(
        &self,
        step: &StepMetrics,
        observer: &mut dyn Observer<F::Model>,
    ) -> Result<(), TrainError> {
        match &self.trouble {
            Some(why) if step.outcome != StepOutcome::Done => observer.trouble(step, why),
            _ => Ok(()),
        }
    }
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
                if progress.skipped_in_a_row >= skip.most as u64 || !before.is_finite() {
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
        let Some(snapshot) = self.state.snapshot.as_ref().filter(|s| s.learner.is_finite()) else {
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
