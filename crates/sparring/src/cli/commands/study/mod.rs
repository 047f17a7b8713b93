//! `sparring study`.

pub(crate) mod depth;

use crate::cli::Outcome;

/// What is studied.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Kind {
    /// Deep networks at their start: signal and gradient by depth for each activation and initialisation, beside mean-field theory, and which of them learn.
    Depth(depth::Args),
}

pub(crate) fn run(kind: &Kind) -> Outcome {
    match kind {
        Kind::Depth(args) => depth::run(args),
    }
}
