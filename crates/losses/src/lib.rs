#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod abreast;
mod bce_with_logits;
mod contract;
mod cross_entropy;
mod dlr;
mod error;
mod gan;
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
mod ratio;
mod reduction;
mod registry;
mod targeted_dlr;
mod targets;
mod temperature;
mod trades;

pub use bce_with_logits::BceWithLogits;
pub use contract::{PairLoss, RowLoss};
pub use cross_entropy::CrossEntropy;
pub use dlr::Dlr;
pub use error::LossError;
pub use gan::{Minimax, NonSaturating, Side};
pub use info::{LossInfo, TargetKind};
pub use kl_divergence::KlDivergence;
pub use label_smoothing::LabelSmoothing;
pub use log_odds::LogOdds;
pub use margin::Margin;
pub use mart::Mart;
pub use mixed::Mixed;
pub use mse::Mse;
pub use reduction::RowReduction;
pub use registry::{ALL, AnyClassLoss, AnyGanLoss, AnyTargetedLoss, AnyValueLoss, LossName};
pub use targeted_dlr::TargetedDlr;
pub use targets::check_targets;
pub use trades::Trades;
