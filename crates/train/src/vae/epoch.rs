//! The report of an epoch of a variational autoencoder.

use crate::Monitor;
use crate::observe::{EpochReport, Observed};
use serde::{Deserialize, Serialize};
use sparring_models::Vae;

impl Observed for Vae {
    type Epoch = VaeEpoch;
}

/// One epoch of a variational autoencoder; nats are means over examples, while the networks still changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeEpoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// What was minimised: reconstruction and beta times the divergence, with free bits.
    pub loss: f64,
    /// Binary cross-entropy, summed over pixels.
    pub reconstruction: f64,
    /// KL(q(z | x) ‖ N(0, I)), without beta and free bits.
    pub kl: f64,
    /// Beta of the last step.
    pub beta: f64,
    /// Numbers of the code whose mean varies over examples by more than 0.01, after the epoch, on at most 1024 training examples.
    pub active_units: usize,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time of the epoch.
    pub seconds: f64,
    /// Examples of the epoch over its time.
    pub examples_per_s: f64,
}

impl EpochReport for VaeEpoch {
    fn without_times(&self) -> Self {
        Self { seconds: 0.0, examples_per_s: 0.0, ..*self }
    }
    fn figure(&self, monitor: Monitor) -> Option<f64> {
        (monitor == Monitor::TrainLoss).then_some(self.loss)
    }
}
