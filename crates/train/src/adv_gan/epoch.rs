//! The report of an epoch of AdvGAN.

use super::model::AdvGan;
use crate::Monitor;
use crate::observe::{EpochReport, Observed};
use serde::{Deserialize, Serialize};

impl Observed for AdvGan {
    type Epoch = AdvGanEpoch;
}

/// One epoch of AdvGAN; means over its examples, while the networks still changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdvGanEpoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// What the generator minimised.
    pub loss: f64,
    /// Its part that wants the target fooled.
    pub adversarial: f64,
    /// Its part that wants the discriminator fooled, without its weight.
    pub gan: f64,
    /// Its part for perturbations that are too long, without its weight.
    pub hinge: f64,
    /// Loss of the discriminator, real and perturbed added.
    pub d_loss: f64,
    /// ‖G(x)‖₂, before the box cuts it.
    pub size: f64,
    /// Share of the training examples whose goal was reached.
    pub fooled: f64,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time of the epoch.
    pub seconds: f64,
    /// Examples of the epoch over its time.
    pub examples_per_s: f64,
}

impl EpochReport for AdvGanEpoch {
    fn without_times(&self) -> Self {
        Self { seconds: 0.0, examples_per_s: 0.0, ..*self }
    }
    fn figure(&self, monitor: Monitor) -> Option<f64> {
        (monitor == Monitor::TrainLoss).then_some(self.loss)
    }
}
