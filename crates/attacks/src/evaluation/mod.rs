//! The judge: attacks propose, `evaluate` decides, `diagnose` asks how much the figures are worth.

mod attempt;
mod card;
mod clean;
mod curve;
mod diagnosis;
mod findings;
mod join;
mod observed;
mod options;
mod propose;
mod report;
mod run;
mod stages;
mod verdict;
mod worst;
pub use card::AttackCard;
pub use curve::{BudgetCurve, CurvePoint, budget_curve};
pub use diagnosis::{Diagnosis, diagnose, diagnostic_findings};
pub use findings::{Finding, FindingId, merged_findings};
pub use observed::ModelStatistics;
pub use options::{Course, EvaluateOptions, KeepExamples, Progress};
pub use propose::{Proposer, ProposerRole};
pub use report::{Adversarials, AttackResult, Refused, Report};
pub use run::{evaluate, evaluate_proposed, evaluate_with};
