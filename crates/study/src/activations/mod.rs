//! The study of activations: activation x defence x seed, every net trained and attacked in the same way, and what the figures say about what is claimed.

mod charts;
mod claims;
mod correlation;
mod csv;
mod figures;
mod json;
mod masking;
mod measured;
mod numbers;
mod page;
mod paired;
mod plan;
mod printed;
mod ranking;
mod sampling;
mod sections;
mod study;
#[cfg(test)]
mod tests;
mod verdicts;

pub use correlation::{RankCorrelation, rank_correlation};
pub use figures::{Doubt, LayerGradient, NetFigures, SuiteFigures};
pub use masking::{MASKING_CHECKS, MASKING_MARGIN};
pub use measured::{MeasuredNet, measure_net};
pub use paired::{Paired, paired};
pub use plan::ActivationPlan;
pub use printed::activation_result;
pub use study::{ActivationGroup, ActivationRow, ActivationStudy};
pub use verdicts::{ClaimVerdict, Statement};
