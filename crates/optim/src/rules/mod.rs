//! Update rules, one file each.

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod adan;
mod amsgrad;
mod asgd;
mod elementwise;
mod lamb;
mod lion;
mod moments;
mod muon;
mod nadam;
mod optimistic_adam;
mod radam;
mod rmsprop;
mod rprop;
mod sgd;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use adan::Adan;
pub use amsgrad::AmsGrad;
pub use asgd::Asgd;
pub use lamb::Lamb;
pub use lion::Lion;
pub use muon::Muon;
pub use nadam::NAdam;
pub use optimistic_adam::OptimisticAdam;
pub use radam::RAdam;
pub use rmsprop::RmsProp;
pub use rprop::Rprop;
pub use sgd::{MomentumKind, Sgd};
