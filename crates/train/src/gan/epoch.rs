//! The report of an epoch of a GAN.

use crate::observe::{EpochReport, Observed};
use serde::{Deserialize, Serialize};
use sparring_models::Gan;

impl Observed for Gan {
    type Epoch = GanEpoch;
}

impl EpochReport for GanEpoch {
    fn without_times(&self) -> Self {
        Self { seconds: 0.0, ..*self }
    }
}

/// One epoch of a GAN.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GanEpoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Mean loss of the discriminator without its penalties, real and fake added; of the non-saturating loss 1.3863 at balance.
    pub d_loss: f64,
    /// Mean loss of the generator; of the non-saturating loss 0.6931 at balance.
    pub g_loss: f64,
    /// Mean σ(D(x)) over real examples.
    pub d_real: f64,
    /// Mean σ(D(G(z))) over the fakes of the discriminator's steps.
    pub d_fake: f64,
    /// Mean logit of real examples less that of samples, after the epoch.
    pub logit_gap: f64,
    /// Mean of the gradient penalties, by their weights; 0 where there are none.
    pub penalty: f64,
    /// Norm of the generator's gradient in the first turn of the epoch.
    pub g_gradient: f64,
    /// Norm of the discriminator's gradient in that step.
    pub d_gradient: f64,
    /// Whether the loss makes logits log-odds, so that `d_real` and `d_fake` are probabilities.
    pub is_odds: bool,
    /// Mean distance between pairs of samples over that between pairs of real examples; near 0 = all samples alike.
    pub diversity: f64,
    /// Wall-clock time.
    pub seconds: f64,
}
