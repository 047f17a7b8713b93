//! Losses of generative adversarial networks, on the logits of the critic.
//!
//! A row is what the critic says about one example: one logit, or one per patch, then averaged.

mod contract;
mod hinge;
mod lsgan;
mod minimax;
mod non_saturating;
mod patches;
mod relativistic;
mod side;
mod wasserstein;

pub use contract::GanLoss;
pub use hinge::Hinge;
pub use lsgan::Lsgan;
pub use minimax::Minimax;
pub use non_saturating::NonSaturating;
pub use relativistic::Relativistic;
pub use side::Side;
pub use wasserstein::Wasserstein;
