//! Weights of a running training in files of their own: those of the best epoch, and of the last few.

use crate::cli::Outcome;
use sparring::store::RunDir;
use sparring::train::{
    Current, Epoch, Flow, LoopProgress, Monitor, Observed, Observer, Recipe, StepMetrics, TrainError,
};
use std::io::ErrorKind;
use std::path::Path;

/// The weights of the best epoch so far.
const BEST: &str = "best.safetensors";

/// The weights of an epoch.
fn of_epoch(epoch: usize) -> String {
    format!("epoch-{epoch:03}.safetensors")
}

/// Which weights a training has kept, where figures decided; nothing where it made all its epochs and kept the last.
pub(super) fn in_words(progress: &LoopProgress, monitor: Monitor, recipe: &Recipe) -> Option<String> {
    if !recipe.selection.keeps_best() {
        return None;
    }
    let which = match progress.best {
        Some(best) => format!("of epoch {}, whose {monitor}, {:.4}, is the best", best.epoch, best.figure),
        None => format!("of the last epoch: {monitor} was a number in none"),
    };
    let end = match progress.stopped {
        Some(epoch) => format!("; ended early, after epoch {epoch} of {}", recipe.epochs),
        None => String::new(),
    };
    Some(format!("weights         {which}{end}"))
}

/// An observer that writes weights after each epoch, and otherwise is `inner`.
pub(super) struct KeptFiles<'a, M: Observed> {
    pub(super) inner: &'a mut dyn Observer<M>,
    pub(super) run: &'a RunDir,
    /// Writes a model's weights.
    pub(super) save: &'a dyn Fn(&Path, &M) -> Outcome,
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
    fn begin(&mut self, done: u64, model: &mut dyn Current<M>) -> Result<(), TrainError> {
        self.inner.begin(done, model)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::train::{BestEpoch, Selection};

    #[test]
    fn an_early_end_is_told_where_no_figure_was_a_number() {
        let selection = Selection { early_stop: Some(2), ..Selection::default() };
        let recipe = Recipe { epochs: 9, selection, ..Recipe::default() };
        let told = |best, stopped, recipe: &Recipe| {
            let progress = LoopProgress { best, stopped, ..LoopProgress::default() };
            in_words(&progress, Monitor::TrainLoss, recipe)
        };
        let best = Some(BestEpoch { epoch: 3, figure: 0.25 });
        let said = told(best, Some(5), &recipe).unwrap();
        assert!(
            said.ends_with(
                "of epoch 3, whose train_loss, 0.2500, is the best; ended early, after epoch 5 of 9"
            )
        );
        let said = told(None, Some(2), &recipe).unwrap();
        assert!(said.contains("train_loss was a number in none; ended early, after epoch 2 of 9"), "{said}");
        assert_eq!(told(None, None, &Recipe::default()), None);
    }
}
