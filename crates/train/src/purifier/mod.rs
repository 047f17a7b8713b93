//! Purifiers in front of classifiers, and what they are worth against who knows of them.

mod bpda;
mod projection;
mod scores;

pub use bpda::{BackwardIdentity, Purifier};
pub use projection::GanProjection;
pub use scores::{PurifiedBy, PurifierScores, PurifierSettings, purifier_scores};
