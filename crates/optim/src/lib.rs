#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod contract;
mod ema;
mod floor;
mod registry;
mod rules;
mod schedules;
mod transforms;
mod units;

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
pub use transforms::{
    AnyTransform, ClipLayer, ClipNorm, ClipValue, L1Penalty, L2Penalty, Needs, Seen, TRANSFORMS, Transform,
    TransformInfo, WeightDecay, clip_global_norm, clip_value, global_norm, squares,
};
