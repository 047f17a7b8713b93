//! Watching a training from the command: bar, epoch lines, test figures, signals.

use super::trouble::unmade;
use crate::cli::Failure;
use crate::cli::io::json::value;
use crate::cli::io::progress::Progress;
use crate::cli::io::signal;
use serde::Serialize;
use serde_json::Value;
use sparring::store::{RowLogs, RunDir};
use sparring::train::{Current, Epoch, Flow, Observed, Observer, StepMetrics, TrainError};
use std::time::Instant;

/// One line of `metrics.jsonl`. No times: equal runs write equal files.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct EpochRow {
    pub(crate) epoch: usize,
    pub(crate) lr: f64,
    pub(crate) train_loss: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) train_accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation_accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation_robust_accuracy: Option<f64>,
    /// Accuracy of a classifier, squared error of an autoencoder, on the test images.
    #[serde(flatten)]
    pub(crate) test: Test,
}

/// The figure on the test images.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum Test {
    #[serde(rename = "test_accuracy")]
    Accuracy(f64),
    #[serde(rename = "test_mse")]
    Mse(f64),
}

impl EpochRow {
    /// A row that was read back; a figure that is no number is null there.
    pub(crate) fn read(row: &Value) -> Self {
        let number = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
        let test = match row.get("test_mse") {
            Some(_) => Test::Mse(number("test_mse")),
            None => Test::Accuracy(number("test_accuracy")),
        };
        Self {
            epoch: row["epoch"].as_u64().unwrap_or(0) as usize,
            lr: number("lr"),
            train_loss: number("train_loss"),
            train_accuracy: row["train_accuracy"].as_f64(),
            // A loss that is no number is null.
            validation_loss: row.get("validation_loss").map(|_| number("validation_loss")),
            validation_accuracy: row["validation_accuracy"].as_f64(),
            validation_robust_accuracy: row["validation_robust_accuracy"].as_f64(),
            test,
        }
    }
}

impl Test {
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::Accuracy(v) | Self::Mse(v) => v,
        }
    }
}

/// The figures of an epoch beside its loss, for people.
fn figures(row: &EpochRow) -> String {
    let share = |what: &str, v: f64| format!("{what} {:.2} %", 100.0 * v);
    let mut all: Vec<String> =
        row.validation_loss.map(|v| format!("validation loss {v:.4}")).into_iter().collect();
    all.extend(row.validation_accuracy.map(|v| share("validation accuracy", v)));
    all.extend(row.validation_robust_accuracy.map(|v| share("under attack", v)));
    all.push(match row.test {
        Test::Accuracy(a) => share("test accuracy", a),
        Test::Mse(m) => format!("test MSE {m:.5}"),
    });
    all.join(", ")
}

/// A rate behind other figures, where it is known: after a resume it may be that of no example.
pub(super) fn rate(examples_per_s: f64) -> String {
    match examples_per_s.is_finite() && examples_per_s > 0.0 {
        true => format!(", {examples_per_s:.0} examples/s"),
        false => String::new(),
    }
}

/// The file of the rows.
pub(super) const METRICS: &str = "metrics.jsonl";

/// An observer for any model: `measure` gives the test figure after each epoch, whose row is written at once.
pub(crate) struct Watch<'a, F> {
    progress: Progress,
    run: &'a RunDir,
    measure: F,
    keeping: bool,
    logs: Option<RowLogs<'a>>,
    rows: Vec<EpochRow>,
    rate: Rate,
}

/// Examples a second, over the present epoch.
#[derive(Debug)]
pub(super) struct Rate {
    since: Instant,
    examples: usize,
}

impl Rate {
    pub(super) fn begin() -> Self {
        Self { since: Instant::now(), examples: 0 }
    }
    /// After a step; the first of an epoch begins anew.
    pub(super) fn after(&mut self, step: &StepMetrics) -> String {
        self.examples += step.examples;
        let rate = self.examples as f64 / self.since.elapsed().as_secs_f64();
        if step.ends_epoch {
            *self = Self::begin();
        }
        format!("{rate:.0} examples/s")
    }
}

/// What to say of a training that failed after so many epochs, whose figures stay.
pub(super) fn failed(e: TrainError, epochs: usize, run: &RunDir) -> Failure {
    match epochs {
        0 => e.into(),
        1 => Failure::Failed(format!("{e}; the figures of the first epoch are in {}", run.path().display())),
        n => Failure::Failed(format!(
            "{e}; the figures of the first {n} epochs are in {}",
            run.path().display()
        )),
    }
}

/// An observer's failure to write.
pub(super) fn unwritten(e: impl std::error::Error + Send + Sync + 'static) -> TrainError {
    TrainError::Observer(Box::new(e))
}

impl<'a, F> Watch<'a, F> {
    pub(crate) fn new(label: impl Into<String>, steps: usize, run: &'a RunDir, measure: F) -> Self {
        let (progress, rate) = (Progress::new(label, steps as u64), Rate::begin());
        Self { progress, run, measure, keeping: false, logs: None, rows: Vec::new(), rate }
    }
    /// The rows go to these files too.
    pub(crate) fn logging(self, logs: RowLogs<'a>) -> Self {
        Self { logs: Some(logs), ..self }
    }
    /// Whatever is learnt will be saved, so a signal waits for the end of a step; `rows` are those of the epochs before an interruption.
    pub(crate) fn keeping(self, rows: &[Value]) -> Self {
        Self { keeping: true, rows: rows.iter().map(EpochRow::read).collect(), ..self }
    }
    /// What to say of a training that failed.
    pub(crate) fn failed(&self, e: TrainError) -> Failure {
        failed(e, self.rows.len(), self.run)
    }
    /// Ends the bar; the rows.
    pub(crate) fn finish(self) -> Vec<EpochRow> {
        self.progress.finish();
        self.rows
    }
}

impl<M: Observed<Epoch = Epoch>, F: FnMut(&M) -> Test> Observer<M> for Watch<'_, F> {
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        let last = self.rows.last().map_or_else(String::new, |row| format!(", {}", figures(row)));
        let rate = self.rate.after(s);
        self.progress.at(s.step, &format!("epoch {}, loss {:.4}, {rate}{last}", s.epoch, s.loss));
        if self.keeping {
            signal::hold();
        }
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
    fn trouble(&mut self, s: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.progress.line(&unmade(s, why));
        Ok(())
    }
    fn epoch(&mut self, e: &Epoch, model: &M) -> Result<Flow, TrainError> {
        let test = (self.measure)(model);
        let row = EpochRow {
            epoch: e.epoch,
            lr: e.lr,
            train_loss: e.train_loss,
            train_accuracy: e.train_accuracy,
            validation_loss: e.validation.map(|v| v.loss),
            validation_accuracy: e.validation.and_then(|v| v.accuracy),
            validation_robust_accuracy: e.validation.and_then(|v| v.robust_accuracy),
            test,
        };
        self.run.append(METRICS, &row).map_err(unwritten)?;
        self.logs.iter_mut().try_for_each(|logs| logs.append(value(&row))).map_err(unwritten)?;
        if self.keeping {
            // What an epoch has shown is not lost, however the next one ends.
            self.run.keep();
        }
        self.rows.push(row);
        self.progress.line(&format!(
            "epoch {}/{}, loss {:.4}, {}{}",
            e.epoch,
            e.epochs,
            e.train_loss,
            figures(&row),
            rate(e.examples_per_s)
        ));
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_is_not_known_is_left_out() {
        assert_eq!(rate(1234.4), ", 1234 examples/s");
        assert_eq!([0.0, f64::NAN, f64::INFINITY].map(rate), ["", "", ""]);
    }
}
