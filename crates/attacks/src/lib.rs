#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adam;
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
mod nearest;
mod norms;
mod plane;
mod planes;
mod presets;
mod prox;
mod request;
mod scratch;
mod square;
pub mod suites;
mod tanh;
mod threat;
mod tradeoff;

pub use ascent::{Start, StepSize, Stop};
pub use attacks::{
    AnyAttack, AnyBlackBox, Apgd, ApgdT, Bim, CarliniWagner, CarliniWagnerLinf, CwStop, Ddn, DeepFool, Ead,
    EadRule, Fab, FabT, Ffgsm, Fgsm, Fmn, Pdpgd, Pgd, Rfgsm, SigmaZero, Square, SquareSchedule, UniformNoise,
};
pub use chunked::{Chunk, perturb_chunked, perturb_chunked_on};
pub use contract::{Access, Attack, AttackInfo, AttackKind, Settings, Walk};
pub use decorators::{Counting, Counts, Normalized};
pub use error::AttackError;
pub use evaluation::{
    Adversarials, AttackCard, AttackResult, Course, EvaluateOptions, Finding, KeepExamples, Progress,
    Proposer, Report, evaluate, evaluate_proposed, evaluate_with,
};
pub use goal::{Goal, check_input, predicted};
pub use norms::{AnyNorm, L0, L1, L2, Linf, Norm};
pub use presets::{PRESETS, Preset, Titled};
pub use request::{Request, smallest};
pub use threat::{Threat, Violation};
