//! A training in a file: what is needed to go on where it was interrupted.

use crate::TrainError;
use crate::generated::apart_from_bits;
use crate::learner::{EpochOf, Learner};
use crate::learner_state::LearnerState;
use crate::loop_state::{LoopProgress, Snapshot};
use crate::session::Session;
use crate::session_state::SessionState;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sparring_math::simd;
use sparring_nn::NnError;
use sparring_store::{
    Checkpoint, CheckpointArray, StoreError, keep_checkpoint, kept_checkpoint, write_checkpoint,
};
use std::path::Path;

/// What stands in the file beside the arrays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Meta<Ep> {
    /// Of the program.
    pub version: String,
    /// The instruction set of the last step.
    pub isa: String,
    /// The settings of the loop, in words.
    pub settings: String,
    /// SHA-256 of the examples.
    pub data: String,
    pub step: u64,
    pub reported: u64,
    /// Reports of the epochs so far, without times.
    pub epochs: Vec<Ep>,
    /// Of the learner.
    pub learner: LearnerMeta,
    pub progress: LoopProgress,
    /// The step of the snapshot, and its learner.
    pub snapshot: Option<(u64, LearnerMeta)>,
    /// Whatever the caller wants to find again.
    pub note: String,
}

/// What stands in the file of a learner beside its arrays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct LearnerMeta {
    pub sums: Vec<f64>,
    /// For each network its name and the steps of its engine.
    pub networks: Vec<(String, u64)>,
}

impl LearnerMeta {
    fn of(state: &LearnerState) -> Self {
        let networks = state.networks.iter().map(|(name, _, engine)| (name.clone(), engine.step));
        Self { sums: state.sums.clone(), networks: networks.collect() }
    }
    /// Makes a state of the same learner ready for its arrays, of which those carried are among `arrays` under `before`.
    fn prepare(
        &self,
        state: &mut LearnerState,
        arrays: &[CheckpointArrayRead],
        before: &str,
    ) -> Result<(), TrainError> {
        if !state.networks.iter().map(|n| &n.0).eq(self.networks.iter().map(|n| &n.0)) {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        }
        state.networks.iter_mut().zip(&self.networks).for_each(|(to, (_, step))| to.2.step = *step);
        state.sums.clone_from(&self.sums);
        let carried = arrays.iter().filter_map(|(name, _, numbers)| {
            let name = name.strip_prefix(before)?.strip_prefix("carried/")?;
            Some((name.to_string(), numbers.clone()))
        });
        state.arrays = carried.collect();
        state.expect_averages(|name| {
            arrays.iter().any(|(found, ..)| found.strip_prefix(before).is_some_and(|found| found == name))
        });
        Ok(())
    }
}

/// An array as it was read.
type CheckpointArrayRead = (String, Vec<usize>, Vec<f32>);

impl<Ep> Meta<Ep> {
    /// Of a session, before its state is known.
    pub fn of<F: Learner>(session: &Session<'_, F>, epochs: Vec<Ep>, note: String) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            isa: simd::isa().to_string(),
            settings: session.described(),
            data: session.data().fingerprint(),
            step: 0,
            reported: 0,
            epochs,
            learner: LearnerMeta::default(),
            progress: LoopProgress::default(),
            snapshot: None,
            note,
        }
    }
}

/// A training that was saved by a [`Saver`](crate::Saver), with the reports of its epochs.
#[derive(Clone, Debug)]
pub struct SavedTraining<Ep> {
    checkpoint: Checkpoint<Meta<Ep>>,
    /// Whether it is the newest one that there was.
    pub(crate) newest: bool,
}

/// Writes a state; where it `keeps`, the one that is there becomes the one before.
pub(crate) fn write<Ep: Serialize>(
    path: &Path,
    meta: &mut Meta<Ep>,
    mut state: SessionState,
    keeps: bool,
) -> Result<(), StoreError> {
    (meta.step, meta.reported) = (state.step, state.reported);
    meta.learner = LearnerMeta::of(&state.learner);
    meta.progress = state.loop_state.progress;
    meta.snapshot = state.loop_state.snapshot.as_ref().map(|s| (s.step, LearnerMeta::of(&s.learner)));
    let arrays = state.arrays_mut();
    let arrays: Vec<CheckpointArray<'_>> =
        arrays.into_iter().map(|(name, shape, numbers)| (name, shape, &*numbers)).collect();
    if keeps { keep_checkpoint(path, meta, &arrays) } else { write_checkpoint(path, meta, &arrays) }
}

impl<Ep: DeserializeOwned> SavedTraining<Ep> {
    /// Reads what a [`Saver`](crate::Saver) wrote. If the newest state cannot be read, the one before it, and why.
    ///
    /// # Errors
    /// [`StoreError`] if neither can be read.
    pub fn read(path: impl AsRef<Path>) -> Result<(Self, Option<StoreError>), StoreError> {
        let (checkpoint, why) = kept_checkpoint(path)?;
        Ok((Self { checkpoint, newest: why.is_none() }, why))
    }
}

impl<Ep> SavedTraining<Ep> {
    /// Steps done.
    pub fn step(&self) -> u64 {
        self.checkpoint.value.step
    }
    /// Reports of the epochs so far; their times are 0.
    pub fn epochs(&self) -> &[Ep] {
        &self.checkpoint.value.epochs
    }
    /// The instruction set of the last step. On another one a training goes on, but its bits are not those of one that was never interrupted.
    pub fn isa(&self) -> &str {
        &self.checkpoint.value.isa
    }
    /// The version of this crate that wrote it.
    pub fn version(&self) -> &str {
        &self.checkpoint.value.version
    }
    /// What the caller gave the [`Saver`](crate::Saver) to keep.
    pub fn note(&self) -> &str {
        &self.checkpoint.value.note
    }
}

impl<F: Learner> Session<'_, F> {
    /// Goes on from a saved training.
    ///
    /// # Errors
    /// If it had other settings, data, networks or methods; nothing has changed then.
    pub fn resume(&mut self, saved: &SavedTraining<EpochOf<F>>) -> Result<(), TrainError> {
        let Checkpoint { value: meta, arrays } = &saved.checkpoint;
        let other = |what: String| TrainError::from(NnError::State(what));
        let here = self.described();
        let is_same = meta.settings == here
            || meta.isa != simd::isa().to_string()
                && apart_from_bits(&meta.settings) == apart_from_bits(&here);
        if !is_same {
            return Err(other(format!("its training is `{}`, this one `{here}`", meta.settings)));
        }
        if meta.data != self.data().fingerprint() {
            return Err(other("its training had other data: put those back, or begin a new training".into()));
        }
        let mut state = self.state();
        (state.step, state.reported) = (meta.step, meta.reported);
        let usual = state.learner.clone();
        meta.learner.prepare(&mut state.learner, arrays, "")?;
        let kept = || usual.networks.iter().map(|(_, params, _)| params.clone()).collect();
        state.loop_state.progress = meta.progress;
        state.loop_state.best = meta.progress.best.map_or_else(Vec::new, |_| kept());
        state.loop_state.snapshot = match &meta.snapshot {
            None => None,
            Some((step, of)) => {
                let mut learner = usual;
                of.prepare(&mut learner, arrays, "snapshot/")?;
                Some(Snapshot { step: *step, learner })
            }
        };
        let places = state.arrays_mut();
        if places.len() != arrays.len() {
            return Err(other(format!("it has {} arrays, this training {}", arrays.len(), places.len())));
        }
        for ((name, shape, to), (found, its, numbers)) in places.into_iter().zip(arrays) {
            if (&name, &shape) != (found, its) {
                return Err(other(format!("it has `{found}` {its:?} in the place of `{name}` {shape:?}")));
            }
            to.copy_from_slice(numbers);
        }
        self.restore(&state)
    }
}
