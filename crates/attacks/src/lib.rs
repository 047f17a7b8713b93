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
mod pullback;
mod request;
mod scratch;
mod square;
pub mod suites;
mod targets;
mod threat;

pub use ascent::{Start, StepSize, Stop};
pub use attacks::{
    AdamPgd, Adi, AnyAttack, AnyBlackBox, Apgd, ApgdT, Bim, DiFgsm, Fab, FabT, Ffgsm, Fgsm, MiFgsm, NiFgsm,
    Pgd, Rfgsm, Square, SquareSchedule, UniformNoise,
};
pub use chunked::{Chunk, perturb_chunked, perturb_chunked_on};
pub use contract::{Access, Attack, AttackInfo, AttackKind, Settings, Walk};
pub use decorators::{
    Chunked, Counting, Counts, Ensemble, Expectation, FiniteDifference, Normalized, Quantized,
};
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
pub use targets::TargetOrder;
pub use threat::{Threat, Violation};
