#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adam;
mod ascent;
mod attacks;
mod boundary;
mod chunked;
mod contract;
mod decision;
mod decorators;
mod differences;
mod draw;
mod error;
mod evaluation;
mod goal;
mod incremental;
mod kept;
mod live;
mod nearest;
mod norms;
mod plane;
mod planes;
mod presets;
mod prox;
mod pullback;
mod request;
mod scratch;
mod sphere;
mod square;
pub mod suites;
mod tanh;
mod targets;
mod threat;
mod tradeoff;
mod transfer;
mod universal;

pub use ascent::{Start, StepSize, Stop};
pub use attacks::{
    AdamPgd, Adi, AnyAttack, AnyBlackBox, Apgd, ApgdT, Bim, BoundaryAttack, CarliniWagner, CarliniWagnerLinf,
    CwStop, Ddn, DeepFool, DiFgsm, Ead, EadRule, Fab, FabT, Ffgsm, Fgsm, Fmn, HopSkipJump, Jsma, MiFgsm, Nes,
    NiFgsm, OnePixel, Pdpgd, Pgd, Rfgsm, SigmaZero, Spatial, SpatialSearch, Spsa, Square, SquareSchedule,
    UniformNoise,
};
pub use chunked::{Chunk, perturb_chunked, perturb_chunked_on};
pub use contract::{Access, Attack, AttackInfo, AttackKind, Settings, Walk};
pub use decorators::{
    Chunked, Counting, Counts, Ensemble, Expectation, FiniteDifference, Normalized, Quantized,
};
pub use error::AttackError;
pub use evaluation::{
    Adversarials, AttackCard, AttackResult, BudgetCurve, Course, CurvePoint, Diagnosis, EvaluateOptions,
    Finding, FindingId, KeepExamples, ModelStatistics, Progress, Proposer, ProposerRole, Refused, Report,
    budget_curve, diagnose, diagnostic_findings, evaluate, evaluate_proposed, evaluate_with, merged_findings,
};
pub use goal::{Goal, check_input, predicted};
pub use norms::{AnyNorm, L0, L1, L2, Linf, Norm};
pub use presets::{PRESETS, Preset, Titled};
pub use request::{Request, smallest};
pub use targets::TargetOrder;
pub use threat::{Threat, Violation};
pub use transfer::Transfer;
pub use universal::{Universal, UniversalFit, fit_universal};
