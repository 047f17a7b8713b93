//! `sparring study activations|depth|net`.

mod activations;
pub(crate) mod depth;
mod net;

use super::sweep::Line;
use crate::cli::Outcome;
pub(crate) use activations::resume;
pub(super) use activations::write_merged;

/// What to study.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    /// Activation x defence x seed: every net is trained and attacked in the same way; one page with ranking, intervals and what held.
    Activations(Box<activations::Args>),
    /// Deep networks at their start: signal and gradient by depth for each activation and initialisation, beside mean-field theory, and which of them learn.
    Depth(depth::Args),
    /// Measure of one finished classifier what a study measures beside attacks: noise, dead units, gradients by depth.
    Net(net::Args),
}

/// Studies; `parse` reads the command line of a cell.
pub(crate) fn run(
    what: &What,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    match what {
        What::Activations(args) => activations::run(args, definition, parse),
        What::Depth(args) => depth::run(args),
        What::Net(args) => net::run(args),
    }
}
