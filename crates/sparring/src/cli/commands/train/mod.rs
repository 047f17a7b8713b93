//! `sparring train classifier|autoencoder|gan`.

mod autoencoder;
mod classifier;
mod gan;
mod hardening;
mod watch;

use crate::cli::Outcome;
pub(crate) use watch::{EpochRow, Test, Watch};

/// What to train.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Kind {
    /// Images to classes, clean or adversarially.
    Classifier(classifier::Args),
    /// Images to images through a narrow code.
    Autoencoder(autoencoder::Args),
    /// Noise to images.
    Gan(gan::Args),
}

pub(crate) fn run(kind: &Kind) -> Outcome {
    match kind {
        Kind::Classifier(args) => classifier::run(args),
        Kind::Autoencoder(args) => autoencoder::run(args),
        Kind::Gan(args) => gan::run(args),
    }
}
