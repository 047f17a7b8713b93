//! What the commands write: pages and weights.

pub(crate) mod accuracy;
pub(crate) mod adv_gan;
pub(crate) mod adv_gan_file;
pub(crate) mod again;
pub(crate) mod attack;
pub(crate) mod autoencoder;
mod card;
pub(crate) mod classifier;
mod coded;
pub(crate) mod coder;
mod curves;
pub(crate) mod demo;
mod gallery;
pub(crate) mod gan;
mod layers;
mod learning;
pub(crate) mod lr_find;
mod misfit;
mod mistakes;
mod number;
pub(crate) mod purifier;
mod recipe;
pub(crate) mod vae;
pub(crate) mod vq_vae;
pub(crate) mod weights;
pub(crate) mod weights_file;

/// An `f32` as the decimal it was written as: 0.3, not 0.30000001192.
pub(crate) fn decimal(v: f32) -> f64 {
    v.to_string().parse().unwrap_or_else(|_| f64::from(v))
}
