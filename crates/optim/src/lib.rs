#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod averages;
mod contract;
mod floor;
mod lbfgs;
mod matrix;
mod registry;
mod rules;
mod schedules;
mod transforms;
mod units;

pub use averages::{AVERAGES, AnyAverage, Ema, Swa};
pub use contract::{MatMulTransposed, Needs, Rule, RuleInfo, WholeTensor};
pub use lbfgs::{Lbfgs, LbfgsEnd, Minimum};
pub use registry::{ALL, AnyRule};
pub use rules::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Adan, AmsGrad, Asgd, Lamb, Lion, MomentumKind, Muon, NAdam,
    OptimisticAdam, RAdam, RmsProp, Rprop, Sgd,
};
pub use schedules::{
    AnySchedule, Better, Constant, Cosine, Cyclic, ExponentialDecay, LinearRamp, Milestones, MultiStep, Noam,
    OneCycle, OneCycleCosine, Piecewise, Plateau, PlateauState, PolynomialDecay, SCHEDULES, Schedule,
    ScheduleInfo, Sequence, Step, WarmRestarts,
};
pub use sparring_math::named::NamedError as OptimError;
pub use transforms::{
    AdaptiveClip, AnyTransform, ClipLayer, ClipNorm, ClipValue, ClipWeights, ElasticNet, L1Penalty,
    L2Penalty, Lookahead, MaxNorm, OrthogonalPenalty, Seen, TRANSFORMS, Transform, TransformInfo,
    WeightDecay, clip_global_norm, clip_value, global_norm, squares,
};
