#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod ascent;
mod attacks;
mod boundary;
mod chunked;
mod contract;
mod decorators;
mod error;
mod evaluation;
mod goal;
mod kept;
mod live;
mod norms;
mod plane;
mod presets;
mod request;
mod scratch;
mod square;
pub mod suites;
mod threat;

pub use ascent::{Start, StepSize, Stop};
pub use attacks::{
    AnyAttack, AnyBlackBox, Apgd, ApgdT, Bim, Fab, FabT, Ffgsm, Fgsm, Pgd, Rfgsm, Square, SquareSchedule,
    UniformNoise,
};
pub use chunked::{Chunk, perturb_chunked, perturb_chunked_on};
pub use contract::{Access, Attack, AttackInfo, AttackKind, Settings, Walk};
pub use decorators::{Counting, Counts, Normalized};
pub use error::AttackError;
pub use evaluation::{
    Adversarials, AttackCard, AttackResult, BudgetCurve, Course, CurvePoint, Diagnosis, EvaluateOptions,
    Finding, FindingId, KeepExamples, Progress, Proposer, Refused, Report, budget_curve, diagnose, evaluate,
    evaluate_proposed, evaluate_with, merged_findings,
};
pub use goal::{Goal, check_input, predicted};
pub use norms::{AnyNorm, L0, L1, L2, Linf, Norm};
pub use presets::{PRESETS, Preset, Titled};
pub use request::{Request, smallest};
pub use threat::{Threat, Violation};
