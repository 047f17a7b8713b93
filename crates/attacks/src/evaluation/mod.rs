//! The judge: attacks propose, `evaluate` decides.

mod attempt;
mod card;
mod clean;
mod finding;
mod options;
mod propose;
mod report;
mod run;
mod verdict;
mod worst;
pub use card::AttackCard;
pub use finding::Finding;
pub use options::{Course, EvaluateOptions, KeepExamples, Progress};
pub use propose::{Proposer, ProposerRole};
pub use report::{Adversarials, AttackResult, Report};
pub use run::{evaluate, evaluate_proposed, evaluate_with};
