//! What an autoencoder with a codebook is worth on examples.

use crate::TrainError;
use crate::data::{check_data, pixels};
use crate::parallel::map_parts;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_models::{ImageCoder as _, VqVae};

/// What an autoencoder with a codebook is worth on some examples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VqVaeScores {
    /// Squared error of a pixel.
    pub mse: f64,
    /// exp of the entropy of the entries that were chosen.
    pub perplexity: f64,
    /// Entries that were chosen at all.
    pub used: usize,
}

/// exp(−Σ p ln p) of the shares p of counts: as many as there are counts if all are equal, 1 if one has all, 0 for none.
///
/// ```
/// assert!((sparring_train::perplexity(&[5.0, 5.0, 0.0, 5.0]) - 3.0).abs() < 1e-12);
/// ```
pub fn perplexity(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let part = |&n: &f64| if n > 0.0 { -(n / total) * (n / total).ln() } else { 0.0 };
    counts.iter().map(part).sum::<f64>().exp()
}

/// Error, and use of the codebook.
///
/// # Errors
/// If there is no example, or its shape is not the networks'.
pub fn vq_vae_scores(model: &VqVae, split: &Split) -> Result<VqVaeScores, TrainError> {
    check_data(split, model.shape())?;
    let parts = map_parts(split.len(), |part| {
        let x = pixels(split, &part.collect::<Vec<_>>());
        let entries = model.entries_of(model.vectors_of(x.clone()).as_slice());
        let y = model.reconstruction_of(x.clone());
        (sparring_metrics::mse(y.as_slice(), x.as_slice()) * x.shape()[0] as f64, entries)
    });
    let mut counts = vec![0.0; model.entries()];
    parts.iter().flat_map(|(_, entries)| entries).for_each(|&e| counts[e as usize] += 1.0);
    let mse = parts.iter().map(|(error, _)| error).sum::<f64>() / split.len() as f64;
    Ok(VqVaeScores {
        mse,
        perplexity: perplexity(&counts),
        used: counts.iter().filter(|&&n| n > 0.0).count(),
    })
}
