//! Where a training stands, and going on from there.

use super::Session;
use crate::TrainError;
use crate::learner::Learner;
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::loop_state::{LoopState, Snapshot};
use crate::non_finite::NonFinitePolicy;
use crate::session_state::SessionState;
use sparring_nn::{NnError, Params};
use std::time::Instant;

impl<F: Learner> Session<'_, F> {
    /// What the training is, in words: a state goes on only where this is the same.
    pub(crate) fn described(&self) -> String {
        let LoopSettings { epochs, batch, lr, ref schedule, seed, last, selection, on_non_finite, .. } =
            self.settings;
        let learner = self.learner.described();
        let validation = self.validation.as_ref().map_or_else(|| "no validation".into(), |v| v.described());
        // Files of before have nothing of it.
        let generated = self.generated.as_ref().map_or_else(String::new, |words| format!(", {words}"));
        format!(
            "{epochs} epochs of batches of {batch} (last: {last:?}), lr {lr}, schedule {schedule}, seed {seed}, {selection:?}, not finite: {on_non_finite}, {validation}, {learner}{generated}"
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
        let LoopState { progress, best, snapshot } = &state.loop_state;
        let stopped_inside = progress.stopped.is_some() && !begins;
        if stopped_inside || !progress.fits(&self.settings, state.step, state.reported) {
            return refused(format!("no training like this one comes to {progress:?}"));
        }
        if progress.best.is_some() == best.is_empty() || !best.is_empty() && !are_of(best, &state.learner) {
            return refused("its best weights belong to another network".into());
        }
        let per_epoch = self.per_epoch();
        let of_epoch =
            |at: u64| at.is_multiple_of(per_epoch) && at <= state.step && state.step - at <= per_epoch;
        let before = snapshot.as_ref().map(|_| self.learner.state());
        if let Some(Snapshot { step, learner }) = snapshot {
            if !matches!(self.settings.on_non_finite, NonFinitePolicy::RollBack(_)) || !of_epoch(*step) {
                return refused(format!("it would go back to step {step} from {}", state.step));
            }
            self.learner.restore(learner)?;
        }
        if let Err(e) = self.learner.restore(&state.learner) {
            before.iter().try_for_each(|before| self.learner.restore(before))?;
            return Err(e);
        }
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

/// Whether these are the weights of the networks of a learner.
fn are_of(weights: &[Params<f32>], learner: &LearnerState) -> bool {
    let same = |a: &Params<f32>, b: &Params<f32>| {
        a.len() == b.len()
            && a.check().is_ok()
            && a.iter().zip(b).all(|(a, b)| a.name() == b.name() && a.shape() == b.shape())
    };
    let networks = &learner.networks;
    weights.len() == networks.len() && weights.iter().zip(networks).all(|(a, (_, b, _))| same(a, b))
}
