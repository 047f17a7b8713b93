//! The report of an epoch of an autoencoder with a codebook.

use crate::Monitor;
use crate::observe::{EpochReport, Observed};
use serde::{Deserialize, Serialize};
use sparring_models::VqVae;

impl Observed for VqVae {
    type Epoch = VqVaeEpoch;
}

/// One epoch of an autoencoder with a codebook; means over examples, while the networks still changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VqVaeEpoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// What was minimised: the squared error over the variance of pixels, and the commitment.
    pub loss: f64,
    /// Squared error of a pixel.
    pub mse: f64,
    /// Squared distance of a number of the encoder's from its vector's, without its factor.
    pub distance: f64,
    /// exp of the entropy of the entries that were chosen: how many there would be if all were chosen as often.
    pub perplexity: f64,
    /// Entries that were chosen at all.
    pub used: usize,
    /// Entries that were put at an encoding because nothing chose them.
    pub restarts: usize,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time of the epoch.
    pub seconds: f64,
    /// Examples of the epoch over its time.
    pub examples_per_s: f64,
}

impl EpochReport for VqVaeEpoch {
    fn without_times(&self) -> Self {
        Self { seconds: 0.0, examples_per_s: 0.0, ..*self }
    }
    fn figure(&self, monitor: Monitor) -> Option<f64> {
        (monitor == Monitor::TrainLoss).then_some(self.loss)
    }
}
