//! The report of an epoch, and what its figures decide.

use super::Session;
use super::ended::Ended;
use crate::TrainError;
use crate::learner::{EpochOf, EpochTimes, Learner};
use crate::loop_state::{BestEpoch, LoopProgress};
use crate::monitor::Monitor;
use crate::non_finite::NonFinitePolicy;
use crate::observe::{EpochReport as _, StepMetrics, StepOutcome};
use crate::validation::Validated;
use sparring_optim::Better;
use sparring_seed::Key;

impl<F: Learner> Session<'_, F> {
    /// The figure by which a plateau, early stopping and the best weights go.
    pub fn monitor(&self) -> Monitor {
        let usual = if self.validation.is_some() { Monitor::ValidationLoss } else { Monitor::TrainLoss };
        self.settings.selection.monitor.unwrap_or(usual)
    }
    /// The figure that decides will be there.
    pub(super) fn check_figures(&self) -> Result<(), TrainError> {
        let has = match self.monitor() {
            Monitor::TrainLoss => true,
            Monitor::ValidationLoss | Monitor::ValidationAccuracy => self.validation.is_some(),
            Monitor::ValidationRobustAccuracy => self.validation.as_ref().is_some_and(|v| v.attack.is_some()),
        };
        if has { Ok(()) } else { Err(self.lacks_figure()) }
    }
    fn lacks_figure(&self) -> TrainError {
        let (field, value) = ("monitor", self.monitor().to_string());
        let must = "a figure that there is: those of validation need a validation part, that under attack its attack";
        TrainError::Recipe { field, value, must }
    }
    /// Once the training is done its model has the weights that are kept.
    pub(super) fn keep(&mut self) {
        if self.is_done() {
            self.learner.current();
            self.learner.keep(&self.state.best);
        }
    }
    /// Whether the last epoch has ended and was not reported.
    pub(super) fn waits_for_report(&self) -> bool {
        self.step.is_multiple_of(self.per_epoch()) && self.reported < self.step / self.per_epoch()
    }
    /// What the model is worth on the validation part. A loss that is not finite is an error where the training may go back from it; outputs that no attack takes always are.
    fn validated(&mut self, epoch: usize) -> Result<Option<Validated>, TrainError> {
        let Some(on) = &self.validation else { return Ok(None) };
        let found = self.learner.validate(on, Key::new(self.settings.seed).named("validation"));
        let broken = |loss, at: &str| TrainError::NonFinite { epoch, step: self.step, loss, at: at.into() };
        match found {
            Err(e) if e.is_non_finite() => {
                Err(broken(f64::NAN, "outputs on validation examples are not finite"))
            }
            Ok(Validated { loss, .. })
                if !loss.is_finite()
                    && matches!(self.settings.on_non_finite, NonFinitePolicy::RollBack(_)) =>
            {
                Err(broken(loss, "that of the validation examples"))
            }
            found => found.map(Some),
        }
    }
    /// What becomes of the epoch that just ended; `None` inside an epoch, and once it was reported.
    pub(super) fn ended(&mut self) -> Result<Option<Ended<EpochOf<F>>>, TrainError> {
        let (epochs, epoch) = (self.settings.epochs, (self.step / self.per_epoch()) as usize);
        if !self.waits_for_report() {
            return Ok(None);
        }
        // Weights are brought back within the epoch's time, as whoever uses them needs them.
        self.learner.current();
        let seconds = self.begun.elapsed().as_secs_f64();
        let (lr, examples) = (self.lr, self.examples);
        let validated = match self.validated(epoch) {
            Err(why) if why.is_non_finite() => {
                let (step, steps, outcome) = (self.step, self.steps(), StepOutcome::Done);
                let of = StepMetrics {
                    step,
                    steps,
                    epoch,
                    ends_epoch: true,
                    loss: f64::NAN,
                    lr,
                    examples: 0,
                    outcome,
                };
                return Ok(Some(Ended::RolledBack(self.remedied(why, of, None)?)));
            }
            found => found?,
        };
        self.reported = epoch as u64;
        let times = EpochTimes { epoch, epochs, lr, seconds, examples, validated };
        let mut report = self.learner.end_epoch(times);
        if self.settings.watches() {
            let figure = report.figure(self.monitor()).ok_or_else(|| self.lacks_figure())?;
            self.judge(epoch as u64, figure);
            if let Some(best) = self.state.progress.best {
                report.set_best_epoch(best.epoch as usize);
            }
        }
        if self.is_done() {
            self.state.snapshot = None;
        }
        Ok(Some(Ended::Reported(report)))
    }
    /// The rate, the best weights and the end follow the figure of an epoch.
    fn judge(&mut self, epoch: u64, figure: f64) {
        let better = self.monitor().better();
        let LoopProgress { plateau, best, stopped, .. } = &mut self.state.progress;
        if let (Some(state), Some(plateau)) = (plateau, self.settings.schedule.plateau()) {
            state.observe(plateau, figure, better);
        }
        if !self.settings.selection.keeps_best() {
            return;
        }
        let improves = match (*best, better) {
            (None, _) => !figure.is_nan(),
            (Some(best), Better::Lower) => figure < best.figure,
            (Some(best), Better::Higher) => figure > best.figure,
        };
        if improves {
            *best = Some(BestEpoch { epoch, figure });
            self.state.best = self.learner.kept();
        }
        let since = epoch - best.map_or(0, |best| best.epoch);
        if self.settings.selection.early_stop.is_some_and(|patience| since >= patience) {
            *stopped = Some(epoch);
        }
    }
}
