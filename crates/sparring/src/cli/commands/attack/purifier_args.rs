//! The flags of what judges a purifier.

use crate::cli::options::count;
use crate::cli::{Failure, Outcome};
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
    /// Of a GAN as a purifier: steps of the search for the nearest image of its generator. Default: 200.
    #[arg(long, value_name = "N", value_parser = count, requires = "purifier")]
    projection_steps: Option<usize>,
    /// Of a GAN as a purifier: starts of the search, of which the nearest end is kept; of one with classes they take the classes in turn. Default: 10.
    #[arg(long, value_name = "N", value_parser = count, requires = "purifier")]
    projection_starts: Option<usize>,
}

impl PurifierArgs {
    /// Steps and starts of the search through a GAN.
    pub(super) fn search(&self) -> [usize; 2] {
        [
            self.projection_steps.unwrap_or(GanProjection::STEPS),
            self.projection_starts.unwrap_or(GanProjection::STARTS),
        ]
    }
    /// Refuses a search where there is none.
    pub(super) fn no_search(&self) -> Outcome {
        let given =
            [(self.projection_steps, "--projection-steps"), (self.projection_starts, "--projection-starts")];
        match given.iter().find(|(given, _)| given.is_some()) {
            Some((_, flag)) => {
                Err(Failure::Usage(format!("{flag}: only a GAN as --purifier is searched; leave it out")))
            }
            None => Ok(()),
        }
    }
    /// How long the attacks are.
    pub(super) fn settings(&self) -> PurifierSettings {
        PurifierSettings { steps: self.purifier_steps, queries: self.purifier_queries }
    }
}

#[cfg(test)]
mod tests {
    use super::GanProjection;

    #[test]
    fn the_help_says_the_defaults() {
        use clap::Args as _;
        let help =
            super::PurifierArgs::augment_args(clap::Command::new("attack").arg(clap::Arg::new("purifier")))
                .render_long_help()
                .to_string();
        let of = |flag: &str| help.split(flag).nth(1).unwrap().split("--").next().unwrap().to_string();
        for (flag, value) in
            [("--projection-steps", GanProjection::STEPS), ("--projection-starts", GanProjection::STARTS)]
        {
            assert!(of(flag).contains(&format!("Default: {value}")), "{flag}: {}", of(flag));
        }
    }
}
