//! A training in a file: what is needed to go on where it was interrupted.

use crate::TrainError;
use crate::learner::{EpochOf, Learner};
use crate::session::{Session, SessionState};
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
    pub sums: Vec<f64>,
    /// For each network its name and the steps of its engine.
    pub networks: Vec<(String, u64)>,
    /// Whatever the caller wants to find again.
    pub note: String,
}

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
            sums: Vec::new(),
            networks: Vec::new(),
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
    meta.sums = std::mem::take(&mut state.learner.sums);
    let networks = state.learner.networks.iter();
    meta.networks = networks.map(|(name, _, engine)| (name.clone(), engine.step)).collect();
    let arrays = state.learner.arrays_mut();
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
        if meta.settings != here {
            return Err(other(format!("its training is `{}`, this one `{here}`", meta.settings)));
        }
        if meta.data != self.data().fingerprint() {
            return Err(other("its training had other data".into()));
        }
        let mut state = self.state();
        (state.step, state.reported) = (meta.step, meta.reported);
        let learner = &mut state.learner;
        learner.sums.clone_from(&meta.sums);
        let carried = arrays.iter().filter_map(|(name, _, numbers)| {
            Some((name.strip_prefix("carried/")?.to_string(), numbers.clone()))
        });
        learner.arrays = carried.collect();
        let names = learner.networks.iter().map(|(name, ..)| name);
        if !names.eq(meta.networks.iter().map(|(name, _)| name)) {
            return Err(other("it belongs to another kind of model".into()));
        }
        learner
            .networks
            .iter_mut()
            .zip(&meta.networks)
            .for_each(|((_, _, engine), (_, step))| engine.step = *step);
        learner.expect_averages(|name| arrays.iter().any(|(found, ..)| found == name));
        let places = learner.arrays_mut();
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
