#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod clip;
mod contract;
mod ema;
mod floor;
mod registry;
mod rules;
mod schedules;
mod units;

pub use clip::{clip_global_norm, clip_value, global_norm};
pub use contract::{Rule, RuleInfo};
pub use ema::Ema;
pub use registry::{ALL, AnyRule};
pub use rules::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Adan, AmsGrad, Asgd, Lion, MomentumKind, NAdam, OptimisticAdam,
    RAdam, RmsProp, Rprop, Sgd,
};
pub use schedules::{
    AnySchedule, Constant, Cosine, OneCycle, Piecewise, SCHEDULES, Schedule, ScheduleInfo, Step,
};
pub use sparring_math::named::NamedError as OptimError;
