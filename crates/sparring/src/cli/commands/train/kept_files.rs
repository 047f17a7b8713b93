//! Weights of a running training in files of their own: those of the best epoch, and of the last few.

use crate::cli::Outcome;
use sparring::store::RunDir;
use sparring::train::{Current, Epoch, Flow, Observed, Observer, Progress, StepMetrics, TrainError};
use std::io::ErrorKind;
use std::path::Path;

/// The weights of the best epoch so far.
const BEST: &str = "best.safetensors";

/// The weights of an epoch.
fn of_epoch(epoch: usize) -> String {
    format!("epoch-{epoch:03}.safetensors")
}

/// Which weights a training has kept, where figures decided; nothing where it made all its epochs and kept the last.
pub(super) fn in_words(progress: &Progress, epochs: usize) -> Option<String> {
    let best = progress.best?;
    let end = match progress.stopped {
        Some(epoch) => format!("; ended early, after epoch {epoch} of {epochs}"),
        None => String::new(),
    };
    Some(format!(
        "weights         of epoch {}, whose monitored figure, {:.4}, is the best{end}",
        best.epoch, best.figure
    ))
}

/// An observer that writes weights after each epoch, and otherwise is `inner`.
pub(super) struct KeptFiles<'a, M: Observed> {
    pub(super) inner: &'a mut dyn Observer<M>,
    pub(super) run: &'a RunDir,
    /// Writes a model's weights.
    pub(super) save: fn(&Path, &M) -> Outcome,
    pub(super) best: bool,
    /// Epochs whose weights stay.
    pub(super) last: usize,
}

impl<M> KeptFiles<'_, M>
where
    M: Observed<Epoch = Epoch>,
{
    fn write(&self, name: &str, model: &M) -> Result<(), TrainError> {
        (self.save)(&self.run.file(name), model).map_err(|e| TrainError::Observer(e.to_string().into()))
    }
}

impl<M: Observed<Epoch = Epoch>> Observer<M> for KeptFiles<'_, M> {
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.inner.trouble(step, why)
    }
    fn step(&mut self, step: &StepMetrics, model: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        self.inner.step(step, model)
    }
    fn epoch(&mut self, epoch: &Epoch, model: &M) -> Result<Flow, TrainError> {
        let flow = self.inner.epoch(epoch, model)?;
        if self.best && epoch.best_epoch == Some(epoch.epoch) {
            self.write(BEST, model)?;
        }
        if self.last > 0 {
            self.write(&of_epoch(epoch.epoch), model)?;
            let old = epoch.epoch.saturating_sub(self.last);
            let gone = std::fs::remove_file(self.run.path().join(of_epoch(old)));
            gone.or_else(|e| if e.kind() == ErrorKind::NotFound { Ok(()) } else { Err(e) })
                .map_err(super::watch::unwritten)?;
        }
        Ok(flow)
    }
}
