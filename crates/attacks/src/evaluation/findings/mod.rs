//! The checks: what each asks, and those that cost nothing beside an evaluation.

mod finding;
mod of_attacks;
mod of_model;
mod of_report;
pub use finding::{Finding, FindingId, merged_findings};
pub(super) use finding::{WHITE, add, many, percent, seen};
pub(super) use of_attacks::{beyond_gradients, of_gradients, of_walk};
pub(super) use of_model::{classes_of_dlr, is_distribution, is_tied};
pub(super) use of_report::of_report;
