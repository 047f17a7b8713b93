//! The flags of what judges a purifier.

use crate::cli::options::count;
use sparring::train::{GanProjection, PurifierSettings};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct PurifierArgs {
    /// Steps of the PGD that --purifier is judged by.
    #[arg(long, value_name = "N", default_value_t = PurifierSettings::default().steps, value_parser = count, requires = "purifier")]
    purifier_steps: usize,
    /// Queries of the Square attack that --purifier is judged by.
    #[arg(long, value_name = "N", default_value_t = PurifierSettings::default().queries, value_parser = count, requires = "purifier")]
    purifier_queries: usize,
    /// Of a GAN as a purifier: steps of the search for the nearest image of its generator.
    #[arg(long, value_name = "N", default_value_t = GanProjection::STEPS, value_parser = count, requires = "purifier")]
    pub(super) projection_steps: usize,
    /// Of a GAN as a purifier: starts of the search, of which the nearest end is kept; of one with classes they take the classes in turn.
    #[arg(long, value_name = "N", default_value_t = GanProjection::STARTS, value_parser = count, requires = "purifier")]
    pub(super) projection_starts: usize,
}

impl PurifierArgs {
    /// How long the attacks are.
    pub(super) fn settings(&self) -> PurifierSettings {
        PurifierSettings { steps: self.purifier_steps, queries: self.purifier_queries }
    }
}
