#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod autoencoder;
mod average;
mod classifier;
mod data;
mod defense;
mod engine;
mod error;
mod gan;
mod observe;
mod parallel;
mod recipe;
mod robustness;
mod supervised;
mod trouble;

pub use autoencoder::{fit_autoencoder, fit_autoencoder_with, reconstruct, reconstruction_mse};
pub use classifier::{accuracy, fit, fit_with};
pub use data::pixels;
pub use defense::{AnyDefense, DEFENSES, Defense, DefenseInfo, Hyperparameters, InnerAttack, Outputs, Plan};
pub use error::TrainError;
pub use gan::{Alarm, GanEpoch, GanObserver, GanRecipe, GanSteps, GanSummary, fit_gan};
pub use observe::{Epoch, Flow, Observer, Quiet, Step};
pub use recipe::Recipe;
pub use robustness::{Robustness, robustness};
pub use supervised::Summary;

/// The defences: [`Defense`] for each, with its paper's values.
pub mod defenses {
    pub use crate::defense::{Clean, FgsmRs, NFgsm, Pgd};
}
