#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod clip;
mod contract;
mod ema;
mod error;
mod floor;
mod range;
mod registry;
mod rules;
mod schedules;

pub use clip::{clip_global_norm, clip_value, global_norm};
pub use contract::Rule;
pub use ema::Ema;
pub use error::OptimError;
pub use registry::{ALL, AnyRule, RuleInfo};
pub use rules::{Adam, AdamW, MomentumKind, Sgd};
pub use schedules::{AnySchedule, Constant, Cosine, Piecewise, SCHEDULES, Schedule, ScheduleInfo, Step};
