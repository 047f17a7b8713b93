//! Where a training stands, and going on from there.

use super::Session;
use crate::TrainError;
use crate::learner::Learner;
use crate::loop_settings::LoopSettings;
use crate::session_state::SessionState;
use sparring_nn::NnError;
use std::time::Instant;

impl<F: Learner> Session<'_, F> {
    /// What the training is, in words: a state goes on only where this is the same.
    pub(crate) fn described(&self) -> String {
        let LoopSettings { epochs, batch, lr, ref schedule, seed, last, selection, on_non_finite } =
            self.settings;
        let learner = self.learner.described();
        let validation = self.validation.as_ref().map_or_else(|| "no validation".into(), |v| v.described());
        format!(
            "{epochs} epochs of batches of {batch} (last: {last:?}), lr {lr}, schedule {schedule}, seed {seed}, {selection:?}, not finite: {on_non_finite}, {validation}, {learner}"
        )
    }
    /// Where the training stands: with the same settings, data and model, [`restore`](Self::restore) goes on as if it had not been interrupted.
    pub fn state(&mut self) -> SessionState {
        let (learner, loop_state) = (self.learner.state(), self.state.clone());
        SessionState { step: self.step, reported: self.reported, learner, loop_state }
    }
    /// Goes on from a state.
    ///
    /// # Errors
    /// If it belongs to another training; nothing has changed then.
    pub fn restore(&mut self, state: &SessionState) -> Result<(), TrainError> {
        let refused = |what: String| Err(NnError::State(what).into());
        let (ended, begins) = (state.step / self.per_epoch(), state.step.is_multiple_of(self.per_epoch()));
        let counts = state.reported == ended || begins && state.reported + 1 == ended;
        if state.step > self.steps() || !counts {
            let SessionState { step, reported, .. } = state;
            return refused(format!("{step} steps of {}, {reported} epochs", self.steps()));
        }
        let progress = state.loop_state.progress;
        let keeps = self.settings.selection.keeps_best();
        let best = progress.best.is_some() == !state.loop_state.best.is_empty()
            && (keeps || progress.best.is_none());
        if progress.plateau.is_some() != self.settings.schedule.plateau().is_some() || !best {
            return refused("its figures decide on something else".into());
        }
        if !progress.makes_sense() {
            return refused("its learning rate is none".into());
        }
        self.learner.restore(&state.learner)?;
        (self.step, self.reported) = (state.step, state.reported);
        self.state = state.loop_state.clone();
        self.lr = self.lr_of(self.step.max(1));
        self.rewind();
        (self.begun, self.examples) = (Instant::now(), 0);
        Ok(())
    }
    /// The next batch is that of the next step.
    pub(super) fn rewind(&mut self) {
        self.batches.restart(self.epoch_now() as u64);
        for _ in 0..self.step % self.per_epoch() {
            self.batches.next_rows(&mut self.batch);
        }
    }
}
