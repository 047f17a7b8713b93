//! Deep networks at their start: what activation, initialisation, normalisation and clipping do to signal and gradient, and whether the net then learns.

mod cell;
mod dead;
mod learn;
mod network;
mod page;
mod settings;
mod signal;
mod study;
#[cfg(test)]
mod tests;
mod theory;
mod words;

pub use cell::{DepthCell, DepthRow, Training, UnitCounts};
pub use page::depth_page;
pub use settings::{DepthStudy, NormalizedBy};
pub use study::depth_study;
pub use words::{depth_findings, depth_table};
