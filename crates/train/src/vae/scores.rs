//! What a variational autoencoder is worth on examples.

use crate::TrainError;
use crate::data::{check_data, pixels};
use crate::parallel::map_parts;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_losses::{BceWithLogits, GaussianKl, RowLoss as _, RowReduction, log_mean_exp};
use sparring_models::Vae;
use sparring_nn::NnError;
use sparring_seed::Key;
use sparring_tensor::Array;

/// What a variational autoencoder is worth on some examples, in nats of an example. Of grey pixels the cross-entropy has a floor, their own entropy, and no bound is one on a likelihood of pixels that are 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeScores {
    /// The evidence lower bound: −(reconstruction + kl).
    pub elbo: f64,
    /// Binary cross-entropy of a sampled code, summed over pixels.
    pub reconstruction: f64,
    /// KL(q(z | x) ‖ N(0, I)).
    pub kl: f64,
    /// Squared error a pixel of the reconstruction through the codes' means.
    pub mse: f64,
    /// Numbers of the code whose mean varies over the examples by more than 0.01 (Burda et al. 2016).
    pub active_units: usize,
}

/// Variance above which a number of the code counts as used.
const ACTIVE: f64 = 0.01;

/// Columns of `mu` `[n, latent]` with a variance above [`ACTIVE`].
pub(super) fn active_of(mu: &Array<f32>) -> usize {
    let [n, latent] = [mu.shape()[0], mu.shape()[1]];
    let column = |j: usize| (0..n).map(move |i| f64::from(mu.as_slice()[i * latent + j]));
    let variance = |j: usize| {
        let mean = column(j).sum::<f64>() / n as f64;
        column(j).map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64
    };
    (0..latent).filter(|&j| variance(j) > ACTIVE).count()
}

fn checked(model: &Vae, split: &Split) -> Result<(), TrainError> {
    check_data(split, model.shape())?;
    model.encoder.params.check().map_err(NnError::from)?;
    Ok(model.decoder.params.check().map_err(NnError::from)?)
}

/// Means of the codes of all examples, `[n, latent]`.
fn means(model: &Vae, split: &Split) -> Array<f32> {
    let parts = map_parts(split.len(), |part| {
        model.encode(pixels(split, &part.collect::<Vec<_>>())).0.as_slice().to_vec()
    });
    Array::from_slice([split.len(), model.latent()], &parts.concat())
}

/// Logarithms of the variances of the codes of all examples, `[n, latent]`, row after row.
///
/// # Errors
/// If there is no example, or its shape is not the networks'.
pub fn log_variances(model: &Vae, split: &Split) -> Result<Vec<f32>, TrainError> {
    checked(model, split)?;
    let parts = map_parts(split.len(), |part| {
        model.encode(pixels(split, &part.collect::<Vec<_>>())).1.as_slice().to_vec()
    });
    Ok(parts.concat())
}

/// Numbers of the code whose mean varies over the examples by more than 0.01 (Burda et al. 2016, arXiv:1509.00519, section 5).
///
/// # Errors
/// If there is no example, or its shape is not the networks'.
pub fn active_units(model: &Vae, split: &Split) -> Result<usize, TrainError> {
    checked(model, split)?;
    Ok(active_of(&means(model, split)))
}

/// Codes z = μ + σ ε of noise ε.
fn codes(mu: &Array<f32>, logvar: &Array<f32>, noise: &Array<f32>) -> Array<f32> {
    let [mu, l, e] = [mu, logvar, noise].map(Array::as_slice);
    Array::from_fn([mu.len()], |i| mu[i] + (0.5 * l[i]).exp() * e[i])
}

/// Binary cross-entropies of codes, summed over pixels.
fn cross_entropies(model: &Vae, z: Array<f32>, x: &Array<f32>) -> Vec<f64> {
    let (logits, bce) = (model.logits(z), BceWithLogits { reduction: RowReduction::Sum });
    let dim = logits.shape()[1];
    let mut d = vec![0.0; dim];
    let rows = logits.as_slice().chunks_exact(dim).zip(x.as_slice().chunks_exact(dim));
    rows.map(|(z, x)| f64::from(bce.eval(z, x, &mut d))).collect()
}

/// The divergence as it is, without a factor.
fn divergence() -> GaussianKl {
    GaussianKl { limit: f64::from(Vae::LOGVAR_LIMIT), ..GaussianKl::default() }
}

/// The evidence lower bound with one code an example, drawn by `key` and its place, its parts, and what else is told of a model.
///
/// # Errors
/// If there is no example, or its shape is not the networks'.
pub fn vae_scores(model: &Vae, split: &Split, key: Key) -> Result<VaeScores, TrainError> {
    checked(model, split)?;
    let latent = model.latent();
    let divergence = divergence();
    let parts = map_parts(split.len(), |part| {
        let ids: Vec<u64> = part.clone().map(|i| i as u64).collect();
        let x = pixels(split, &part.collect::<Vec<_>>());
        let (mu, logvar) = model.encode(x.clone());
        let (mut kl, mut one) = (0.0, vec![0.0; latent]);
        for (mu, logvar) in mu.as_slice().chunks(latent).zip(logvar.as_slice().chunks(latent)) {
            divergence.dimensions(mu, logvar, &mut one);
            kl += one.iter().map(|&kl| f64::from(kl)).sum::<f64>();
        }
        let z = codes(&mu, &logvar, &model.noise(key, &ids));
        let nats: f64 = cross_entropies(model, z, &x).iter().sum();
        let through_means = model.decode(mu);
        let squared = sparring_metrics::mse(through_means.as_slice(), x.as_slice()) * ids.len() as f64;
        [nats, kl, squared]
    });
    let n = split.len() as f64;
    let [reconstruction, kl, mse] = [0, 1, 2].map(|i| parts.iter().map(|part| part[i]).sum::<f64>() / n);
    let active_units = active_of(&means(model, split));
    Ok(VaeScores { elbo: -(reconstruction + kl), reconstruction, kl, mse, active_units })
}

/// The bound of importance-weighted autoencoders, mean over examples: E ln((1/k) Σ p(x | z) p(z) / q(z | x)) over `samples` codes of each, drawn by `key` and its place. With one sample an
/// estimate of the evidence lower bound; more are closer to ln p(x).
///
/// Source: Burda et al. 2016, arXiv:1509.00519.
///
/// # Errors
/// If there is no example or no sample, or the examples' shape is not the networks'.
pub fn importance_bound(model: &Vae, split: &Split, samples: usize, key: Key) -> Result<f64, TrainError> {
    checked(model, split)?;
    if samples == 0 {
        return Err(TrainError::Recipe { field: "samples", value: "0".into(), must: "at least 1" });
    }
    let (latent, divergence) = (model.latent(), divergence());
    let parts = map_parts(split.len(), |part| {
        let ids: Vec<u64> = part.clone().map(|i| i as u64).collect();
        let x = pixels(split, &part.collect::<Vec<_>>());
        let (mu, logvar) = model.encode(x.clone());
        let mut weights = vec![Vec::new(); ids.len()];
        let [mut unused, mut unused_too] = [0; 2].map(|_| vec![0.0; latent]);
        for k in 0..samples {
            let noise = model.noise(key.child(k as u64), &ids);
            let z = codes(&mu, &logvar, &noise);
            // ln p(z) − ln q(z | x).
            let mut ratio = |i: usize| {
                let [mu, l, e] = [&mu, &logvar, &noise].map(|a| &a.as_slice()[i * latent..(i + 1) * latent]);
                f64::from(divergence.log_ratio(mu, l, e, [&mut unused, &mut unused_too]))
            };
            let ratios: Vec<f64> = (0..ids.len()).map(&mut ratio).collect();
            let nats = cross_entropies(model, z, &x);
            weights
                .iter_mut()
                .zip(nats.iter().zip(&ratios))
                .for_each(|(w, (nats, ratio))| w.push(ratio - nats));
        }
        let mut shares = vec![0.0; samples];
        weights.iter().map(|w| log_mean_exp(w, &mut shares)).sum::<f64>()
    });
    Ok(parts.iter().sum::<f64>() / split.len() as f64)
}
