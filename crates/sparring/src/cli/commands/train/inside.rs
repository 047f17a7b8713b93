//! Looking inside a network while it is trained.

use super::place::Place;
use crate::cli::Outcome;
use crate::cli::io::say;
use serde_json::Value;
use sparring::datasets::Split;
use sparring::train::{Epoch, History, Learner, Observer, Session, TrainError};
use sparring_report::html::Section;
use sparring_study::{
    Diagnosed, DiagnosisRow, DiagnosisSettings, DiagnosisWatcher, few_examples, training_section, verdicts,
};

/// The flag.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct InsideArgs {
    /// Look inside the network with the last step of each epoch, on 32 to 256 validation examples (one for 256 trained on; training examples where none are held out): dead and saturated units, gradients, updates.
    /// Rows in diagnosis.jsonl, charts in report.html; the training is the same, bit for bit.
    #[arg(long)]
    diagnose: bool,
}

impl InsideArgs {
    /// Its entry in `config.json`, which runs of older versions lack.
    pub(super) fn note(&self, config: &mut Value) {
        if self.diagnose {
            config["diagnose"] = true.into();
        }
    }
    /// What is looked at, and what it is called: what was held out, if anything.
    pub(super) fn seen<'a>(validation: &'a Split, train: &'a Split) -> (&'a Split, &'static str) {
        match validation.is_empty() {
            true => (train, "training examples: none were held out"),
            false => (validation, "validation examples"),
        }
    }
    /// All steps that are left, looked at on the first of these examples if that was asked for.
    pub(super) fn train<F>(
        &self,
        place: &Place<Epoch>,
        training: &mut Session<'_, F>,
        observer: &mut dyn Observer<F::Model>,
        (examples, trained_on, epochs): (&Split, usize, usize),
    ) -> Result<History, TrainError>
    where
        F: Learner<Model: Diagnosed<Epoch = Epoch>>,
    {
        if !self.diagnose {
            return place.train(training, observer);
        }
        let per_epoch = training.steps() / epochs.max(1) as u64;
        // A training that goes on is looked at as it was begun.
        let before = DiagnosisRow::read(place.run.path()).map_err(|e| TrainError::Observer(e.into()))?;
        let usual = || DiagnosisWatcher::<F::Model>::sample(trained_on);
        let (settings, n) =
            (DiagnosisSettings::SAMPLED, before.first().map_or_else(usual, |row| row.examples));
        let examples = examples.first(n.min(examples.len()));
        if let Some(few) = few_examples(examples.len()) {
            say::note(&format!("--diagnose: {few}; `sparring diagnose RUN` looks at the whole test set"));
        }
        let mut watcher = DiagnosisWatcher::new(observer, &place.run, &examples, settings, per_epoch);
        place.train(training, &mut watcher)
    }
    /// What was seen on examples of this kind, for the page; what is wrong at the end is told here, too.
    pub(super) fn section<Ep>(&self, place: &Place<Ep>, examples: &str, lr: f64) -> Outcome<Option<Section>> {
        let rows = if self.diagnose { DiagnosisRow::read(place.run.path())? } else { Vec::new() };
        if let Some(last) = rows.last() {
            let wrong = verdicts(&last.layers, last.examples, &rows, Some(lr));
            wrong.iter().for_each(|verdict| say::note(&format!("warning: {verdict}")));
        }
        Ok(training_section(&rows, examples, Some(lr)))
    }
}
