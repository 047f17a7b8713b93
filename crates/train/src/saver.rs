//! Saving a training while it runs.

use crate::TrainError;
use crate::learner::Learner;
use crate::observe::{Current, EpochReport, Flow, Observed, Observer, StepMetrics};
use crate::saved::{Meta, SavedTraining, write};
use crate::session::Session;
use crate::session_state::SessionState;
use crate::summary::History;
use serde::Serialize;
use sparring_store::drop_previous;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often a training is saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveEvery {
    /// At the end of each epoch and every 30 seconds; of epochs that take less than a second, at the end of some.
    #[default]
    Epoch,
    /// After so many steps, counted from the first of the training; at least 1.
    Steps(u64),
}

/// The longest time without a save, and the shortest.
const MOST: Duration = Duration::from_secs(30);
const LEAST: Duration = Duration::from_secs(1);

/// Saves a training: before its first step, then as often as asked, at its last step, and when its observer ends it.
///
/// ```
/// use sparring_models::{ClassifierNet, Mlp};
/// use sparring_train::{Quiet, Recipe, SaveEvery, SavedTraining, Saver, session};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("resume.bin");
/// let data = sparring_datasets::Mnist::embedded().train.first(64);
/// let recipe = Recipe { epochs: 2, batch: 32, ..Recipe::default() };
/// let mut model = ClassifierNet::new(Mlp::default().spec(), sparring_seed::Key::new(1))?;
/// let mut training = session(&mut model, &data, &recipe)?;
/// let mut saver = Saver::begin(&path, SaveEvery::Epoch, &mut training, "")?;
/// training.run(&mut saver.around(&mut Quiet))?;
/// saver.finish(&mut training)?;
///
/// let (saved, _) = SavedTraining::read(&path)?;
/// let mut again = ClassifierNet::new(Mlp::default().spec(), sparring_seed::Key::new(2))?;
/// let mut training = session(&mut again, &data, &recipe)?;
/// training.resume(&saved)?;
/// assert!(training.is_done() && saved.epochs().len() == 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Saver<'t, Ep> {
    path: PathBuf,
    every: SaveEvery,
    meta: Meta<Ep>,
    last: Instant,
    /// Steps of the state that was saved last.
    step: u64,
    told: Box<dyn FnMut(u64) + 't>,
    /// Whether the state in the file is whole: only such a one is kept as the one before.
    whole: bool,
}

impl<Ep: fmt::Debug> fmt::Debug for Saver<'_, Ep> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, every, meta, .. } = self;
        f.debug_struct("Saver").field("path", path).field("every", every).field("meta", meta).finish()
    }
}

impl<'t, Ep: Serialize + EpochReport> Saver<'t, Ep> {
    /// Saves a training as it stands, and keeps `note` with every state.
    ///
    /// # Errors
    /// [`TrainError::Observer`] if the file cannot be written.
    pub fn begin<F: Learner<Model: Observed<Epoch = Ep>>>(
        path: impl AsRef<Path>,
        every: SaveEvery,
        session: &mut Session<'_, F>,
        note: impl Into<String>,
    ) -> Result<Self, TrainError> {
        Self::over(path.as_ref(), every, session, (Vec::new(), note.into()), true)
    }
    /// The same for a training that was [resumed](Session::resume) from `saved`: its epochs come before those to come.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn again<F: Learner<Model: Observed<Epoch = Ep>>>(
        path: impl AsRef<Path>,
        every: SaveEvery,
        session: &mut Session<'_, F>,
        saved: &SavedTraining<Ep>,
    ) -> Result<Self, TrainError> {
        let before = (saved.epochs().to_vec(), saved.note().into());
        Self::over(path.as_ref(), every, session, before, saved.newest)
    }
    fn over<F: Learner>(
        path: &Path,
        every: SaveEvery,
        session: &mut Session<'_, F>,
        (epochs, note): (Vec<Ep>, String),
        whole: bool,
    ) -> Result<Self, TrainError> {
        let meta = Meta::of(session, epochs, note);
        let (path, told) = (path.to_path_buf(), Box::new(|_| ()));
        let (last, step) = (Instant::now(), session.steps_done());
        let mut this = Self { path, every, meta, last, step, told, whole };
        this.save(session.state())?;
        Ok(this)
    }
    /// Calls `told` with the number of steps that are safe after each save of more of them.
    #[must_use]
    pub fn telling(self, told: impl FnMut(u64) + 't) -> Self {
        Self { told: Box::new(told), ..self }
    }
    /// An observer that saves, and otherwise is `inner`.
    pub fn around<'a, M: Observed<Epoch = Ep>>(
        &'a mut self,
        inner: &'a mut dyn Observer<M>,
    ) -> impl Observer<M> + use<'a, 't, Ep, M> {
        Saving { saver: self, inner }
    }
    /// All epochs of the training, those before it was resumed included; its time is that of `since` alone.
    pub fn whole(&self, since: History<Ep>) -> History<Ep> {
        let before = self.meta.epochs.len().saturating_sub(since.epochs.len());
        let epochs = self.meta.epochs[..before].iter().cloned().chain(since.epochs).collect();
        History { epochs, ..since }
    }
    /// Saves the training as it stands after its run. One that is done keeps no earlier state: equal trainings leave equal files.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn finish<F: Learner<Model: Observed<Epoch = Ep>>>(
        &mut self,
        session: &mut Session<'_, F>,
    ) -> Result<(), TrainError> {
        self.save(session.state())?;
        if session.is_done() {
            drop_previous(&self.path).map_err(|e| TrainError::Observer(e.into()))?;
        }
        Ok(())
    }
    fn is_due(&self, step: &StepMetrics, flow: Flow) -> bool {
        let waited = self.last.elapsed();
        flow == Flow::Stop
            || step.step == step.steps
            || match self.every {
                SaveEvery::Steps(n) => step.step.is_multiple_of(n.max(1)),
                SaveEvery::Epoch => waited >= MOST || step.ends_epoch && waited >= LEAST,
            }
    }
    fn save(&mut self, state: SessionState) -> Result<(), TrainError> {
        let step = state.step;
        let written = write(&self.path, &mut self.meta, state, self.whole);
        written.map_err(|e| TrainError::Observer(e.into()))?;
        self.whole = true;
        self.last = Instant::now();
        if std::mem::replace(&mut self.step, step) != step {
            (self.told)(step);
        }
        Ok(())
    }
}

/// An observer within a saver.
struct Saving<'a, 't, M: Observed> {
    saver: &'a mut Saver<'t, M::Epoch>,
    inner: &'a mut dyn Observer<M>,
}

impl<M: Observed<Epoch: Serialize>> Observer<M> for Saving<'_, '_, M> {
    fn begin(&mut self, done: u64, model: &mut dyn Current<M>) -> Result<(), TrainError> {
        self.inner.begin(done, model)
    }
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.inner.trouble(step, why)
    }
    fn step(&mut self, step: &StepMetrics, model: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        let flow = self.inner.step(step, model)?;
        if self.saver.is_due(step, flow) {
            let (step, reported) = (step.step, step.epoch as u64 - 1);
            let (learner, loop_state) = (model.state(), model.loop_state());
            self.saver.save(SessionState { step, reported, learner, loop_state })?;
        }
        Ok(flow)
    }
    fn epoch(&mut self, epoch: &M::Epoch, model: &M) -> Result<Flow, TrainError> {
        let flow = self.inner.epoch(epoch, model)?;
        self.saver.meta.epochs.push(epoch.without_times());
        Ok(flow)
    }
}
