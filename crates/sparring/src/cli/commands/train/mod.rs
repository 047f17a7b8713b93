//! `sparring train classifier|autoencoder|gan`.

mod autoencoder;
mod classifier;
mod gan;
mod hardening;
mod watch;

use crate::cli::{Failure, Outcome};
use sparring::models::{ALL, Arch, Family};
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

/// An architecture of another family, and those that would do.
fn not_of(family: Family, arch: Arch) -> Failure {
    let names: Vec<&str> = ALL.iter().filter(|m| m.family == family).map(|m| m.name).collect();
    let kind = match family {
        Family::Classifier => "a classifier",
        Family::Autoencoder => "an autoencoder",
        Family::Gan => "a GAN",
    };
    Failure::Usage(format!("--arch {arch}: not {kind}; choose one of: {}", names.join(", ")))
}
