//! Watching a training from the command: bar, epoch lines, test figures, signals.

use crate::cli::io::progress::Progress;
use crate::cli::io::signal;
use serde::Serialize;
use sparring::train::{Current, Epoch, Flow, Observed, Observer, Step, TrainError};

/// One line of `metrics.jsonl`. No times: equal runs write equal files.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct EpochRow {
    pub(crate) epoch: usize,
    pub(crate) lr: f64,
    pub(crate) train_loss: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) train_accuracy: Option<f64>,
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

impl Test {
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::Accuracy(v) | Self::Mse(v) => v,
        }
    }
}

/// An observer for any model: `measure` gives the test figure after each epoch.
pub(crate) struct Watch<F> {
    progress: Progress,
    measure: F,
    keeping: bool,
    rows: Vec<EpochRow>,
}

impl<F> Watch<F> {
    pub(crate) fn new(label: impl Into<String>, steps: usize, measure: F) -> Self {
        Self { progress: Progress::new(label, steps as u64), measure, keeping: false, rows: Vec::new() }
    }
    /// Whatever is learnt will be saved, so a signal waits for the end of a step.
    pub(crate) fn keeping(self) -> Self {
        Self { keeping: true, ..self }
    }
    /// Ends the bar; the rows.
    pub(crate) fn finish(self) -> Vec<EpochRow> {
        self.progress.finish();
        self.rows
    }
}

impl<M: Observed<Epoch = Epoch>, F: FnMut(&M) -> Test> Observer<M> for Watch<F> {
    fn step(&mut self, s: &Step, _: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        self.progress.at(s.step, &format!("epoch {}, loss {:.4}", s.epoch, s.loss));
        if self.keeping {
            signal::hold();
        }
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
    fn epoch(&mut self, e: &Epoch, model: &M) -> Result<Flow, TrainError> {
        let test = (self.measure)(model);
        let figure = match test {
            Test::Accuracy(a) => format!("test accuracy {:.2} %", 100.0 * a),
            Test::Mse(m) => format!("test MSE {m:.5}"),
        };
        self.progress.line(&format!(
            "epoch {}/{}, loss {:.4}, {figure}, {:.0} examples/s",
            e.epoch, e.epochs, e.train_loss, e.examples_per_s
        ));
        let row = EpochRow {
            epoch: e.epoch,
            lr: e.lr,
            train_loss: e.train_loss,
            train_accuracy: e.train_accuracy,
            test,
        };
        self.rows.push(row);
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
}
