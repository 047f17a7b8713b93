//! Watching the training of a model whose epochs have figures of their own: bar, epoch lines, rows, signals.

use super::place::Place;
use super::trouble;
use super::watch::{METRICS, Rate, failed, unwritten};
use crate::cli::io::{progress::Progress, signal};
use crate::cli::{Failure, Outcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sparring::store::{RowLogs, RunDir};
use sparring::train::{Current, EpochReport, Flow, Observed, Observer, StepMetrics, TrainError};

/// How an epoch is told.
pub(super) struct Told<E> {
    /// Its row in the files. Times stay out of them: equal runs write equal files.
    pub(super) row: fn(&E) -> Value,
    /// Its line for people.
    pub(super) line: fn(&E) -> String,
}

/// The observer.
pub(super) struct OwnFigures<'a, E> {
    progress: Progress,
    rate: Rate,
    run: &'a RunDir,
    logs: RowLogs<'a>,
    rows: Vec<Value>,
    told: Told<E>,
}

impl<'a, E: EpochReport + Serialize + DeserializeOwned> OwnFigures<'a, E> {
    pub(super) fn new(label: &str, steps: usize, place: &'a Place<E>, told: Told<E>) -> Outcome<Self> {
        Ok(Self {
            progress: Progress::new(label, steps as u64),
            rate: Rate::begin(),
            run: &place.run,
            logs: place.logs()?,
            rows: place.rows()?,
            told,
        })
    }
    /// What to say of a training that failed.
    pub(super) fn failed(&self, e: TrainError) -> Failure {
        failed(e, self.rows.len(), self.run)
    }
    /// Ends the bar.
    pub(super) fn finish(self) {
        self.progress.finish();
    }
}

impl<M: Observed> Observer<M> for OwnFigures<'_, M::Epoch> {
    fn trouble(&mut self, s: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.progress.line(&trouble::unmade(s, why));
        Ok(())
    }
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        let rate = self.rate.after(s);
        self.progress.at(s.step, &format!("epoch {}, loss {:.4}, {rate}", s.epoch, s.loss));
        signal::hold();
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
    fn epoch(&mut self, e: &M::Epoch, _: &M) -> Result<Flow, TrainError> {
        let row = (self.told.row)(e);
        self.run.append(METRICS, &row).map_err(unwritten)?;
        self.logs.append(row.clone()).map_err(unwritten)?;
        self.run.keep();
        self.rows.push(row);
        self.progress.line(&(self.told.line)(e));
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
}
