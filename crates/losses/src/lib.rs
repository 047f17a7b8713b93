#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod abreast;
mod bce_with_logits;
mod by_text;
mod contract;
mod critic_gradient;
mod cross_entropy;
mod dlr;
mod error;
mod gan;
mod gaussian_nll;
#[cfg(test)]
mod gradcheck;
mod info;
mod kl_divergence;
mod label_smoothing;
mod lanes;
mod log_odds;
mod margin;
mod mart;
mod mixed;
mod mse;
mod peak;
mod perturbation;
mod ratio;
mod reduction;
mod registry;
mod sparse;
mod targeted_dlr;
mod targets;
mod temperature;
mod trades;
mod vae;

pub use bce_with_logits::BceWithLogits;
pub use contract::{PairLoss, RowLoss};
pub use critic_gradient::{PenaltyPoint, R1, R2, WganGp};
pub use cross_entropy::CrossEntropy;
pub use dlr::Dlr;
pub use error::LossError;
pub use gan::{GanLoss, Hinge, Lsgan, Minimax, NonSaturating, Relativistic, Side, Wasserstein};
pub use gaussian_nll::GaussianNll;
pub use info::{LossInfo, TargetKind};
pub use kl_divergence::KlDivergence;
pub use label_smoothing::LabelSmoothing;
pub use log_odds::LogOdds;
pub use margin::Margin;
pub use mart::Mart;
pub use mixed::Mixed;
pub use mse::Mse;
pub use perturbation::{Fooling, SizeHinge};
pub use reduction::RowReduction;
pub use registry::{
    ALL, AnyClassLoss, AnyGanLoss, AnyGradientPenalty, AnySparsity, AnyTargetedLoss, AnyValueLoss, LossName,
};
pub use sparse::{SparseKl, SparseL1};
pub use targeted_dlr::TargetedDlr;
pub use targets::check_targets;
pub use trades::Trades;
pub use vae::{GaussianKl, VectorQuantization, log_mean_exp};
