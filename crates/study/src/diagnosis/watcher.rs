//! Looking into a network while it is trained.

use super::figures::{DiagnosisLoss, layer_figures};
use super::norm::norm;
use super::row::{DIAGNOSIS_ROWS, DiagnosisRow};
use super::settings::DiagnosisSettings;
use sparring_datasets::Split;
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::{Network, ParamKind};
use sparring_store::RunDir;
use sparring_tensor::Array;
use sparring_train::{Current, Flow, Observed, Observer, StepMetrics, TrainError};

/// A model with one network that can be looked into.
pub trait Diagnosed: Observed {
    /// What its gradients are of.
    const LOSS: DiagnosisLoss;
    /// The network.
    fn network(&self) -> &Network<f32>;
}

impl Diagnosed for ClassifierNet {
    const LOSS: DiagnosisLoss = DiagnosisLoss::CrossEntropy;
    fn network(&self) -> &Network<f32> {
        &self.net
    }
}
impl Diagnosed for Autoencoder {
    const LOSS: DiagnosisLoss = DiagnosisLoss::Reconstruction;
    fn network(&self) -> &Network<f32> {
        &self.net
    }
}

/// An observer that writes a [`DiagnosisRow`] to [`DIAGNOSIS_ROWS`] with the last step of each epoch, and otherwise is `inner`. Of the training it changes no bit. A training that goes on writes
/// what it would have written without the interruption: rows behind the state it goes on from are cut off.
pub struct DiagnosisWatcher<'a, M: Diagnosed> {
    inner: &'a mut dyn Observer<M>,
    run: &'a RunDir,
    examples: Split,
    settings: DiagnosisSettings,
    steps_per_epoch: u64,
    /// The step after which the weights were these.
    before: Option<(u64, Weights)>,
    /// Rows that are written.
    rows: usize,
}

/// Names and values of the weights as they are trained, not their average.
type Weights = Vec<(String, Array<f32>)>;

impl<'a, M: Diagnosed> DiagnosisWatcher<'a, M> {
    /// Examples to look at in a training on so many: one for every 256, from 32 to 256. An example that is looked at costs several that are trained on.
    pub fn sample(trained_on: usize) -> usize {
        (trained_on / 256).clamp(32, 256)
    }

    /// Looks at these examples after each `steps_per_epoch` steps.
    pub fn new(
        inner: &'a mut dyn Observer<M>,
        run: &'a RunDir,
        examples: &Split,
        settings: DiagnosisSettings,
        steps_per_epoch: u64,
    ) -> Self {
        let examples = examples.clone();
        let steps_per_epoch = steps_per_epoch.max(1);
        Self { inner, run, examples, settings, steps_per_epoch, before: None, rows: 0 }
    }
    /// Keeps the weights if the next step is the last of its epoch.
    fn remember(&mut self, done: u64, model: &mut dyn Current<M>) {
        if (done + 1).is_multiple_of(self.steps_per_epoch) {
            self.before = Some((done, weights(model)));
        }
    }
    fn row(&mut self, s: &StepMetrics, model: &mut dyn Current<M>) -> Result<DiagnosisRow, TrainError> {
        let layers = layer_figures(model.current().network(), &self.examples, M::LOSS, &self.settings);
        let after = self.before.as_ref().filter(|(step, _)| step + 1 == s.step).map(|_| weights(model));
        let mut row = DiagnosisRow {
            epoch: s.epoch,
            examples: self.examples.len(),
            layers: layers.map_err(|e| TrainError::Observer(e.into()))?,
        };
        if let (Some(after), Some((_, before))) = (after, &self.before) {
            for layer in &mut row.layers {
                let of = |(name, _): &&(String, Array<f32>)| {
                    name.strip_prefix(layer.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
                };
                let pair = before.iter().find(of).zip(after.iter().find(of));
                if let (Some(weight), Some((old, new))) = (&mut layer.weight, pair) {
                    weight.update_ratio = update_ratio(old.1.as_slice(), new.1.as_slice());
                }
            }
        }
        Ok(row)
    }
}

/// ‖new − old‖ / ‖old‖; `None` of a weight of zeros, or one that is not finite.
fn update_ratio(old: &[f32], new: &[f32]) -> Option<f64> {
    let moved: Vec<f32> = new.iter().zip(old).map(|(n, o)| n - o).collect();
    Some(norm(&moved) / norm(old)).filter(|ratio| ratio.is_finite())
}

fn weights<M: Diagnosed>(model: &mut dyn Current<M>) -> Weights {
    let params = model.trained();
    let kept = params.iter().filter(|p| p.kind() == ParamKind::Weight);
    kept.map(|p| (p.name().to_string(), p.value.clone())).collect()
}

fn unwritten(e: sparring_store::StoreError) -> TrainError {
    TrainError::Observer(e.into())
}

impl<M: Diagnosed> Observer<M> for DiagnosisWatcher<'_, M> {
    fn begin(&mut self, done: u64, model: &mut dyn Current<M>) -> Result<(), TrainError> {
        self.inner.begin(done, model)?;
        self.rows = (done / self.steps_per_epoch) as usize;
        self.run.cut_rows(DIAGNOSIS_ROWS, self.rows).map_err(unwritten)?;
        self.remember(done, model);
        Ok(())
    }
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.inner.trouble(step, why)
    }
    fn step(&mut self, s: &StepMetrics, model: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        let flow = self.inner.step(s, model)?;
        // Here and not with the report of the epoch, before which the state may be saved: the step is not made again then.
        if s.ends_epoch {
            let row = self.row(s, model)?;
            // Of an epoch that the training went back to there is a row already.
            if self.rows >= s.epoch {
                self.run.cut_rows(DIAGNOSIS_ROWS, s.epoch - 1).map_err(unwritten)?;
            }
            self.run.append(DIAGNOSIS_ROWS, &row).map_err(unwritten)?;
            self.rows = s.epoch;
        }
        self.remember(s.step, model);
        Ok(flow)
    }
    fn epoch(&mut self, epoch: &M::Epoch, model: &M) -> Result<Flow, TrainError> {
        self.inner.epoch(epoch, model)
    }
}
