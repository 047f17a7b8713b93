//! `sparring list WHAT`.

mod activations;
mod corruptions;
mod datasets;
mod listing;
mod registries;

use crate::cli::Outcome;
use crate::cli::io::{say, table::table};
use listing::Listing;
use serde_json::Value;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Of what.
    #[arg(value_enum)]
    what: What,
    /// One JSON array of objects, with everything that is known of each.
    #[arg(long)]
    json: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// Activations, of each number and of rows, with range, bounds and gains.
    Activations,
    /// Attacks, with what they need and their defaults.
    Attacks,
    /// Losses.
    Losses,
    /// Update rules, the schedules of their learning rate, and what may be done to gradients before them.
    Optimizers,
    /// Schedules of the learning rate.
    Schedules,
    /// Norms of an attack's budget.
    Norms,
    /// Defences of adversarial training, and what each is worth.
    Defenses,
    /// Networks.
    Models,
    /// Layers of a network's spec, with their fields, PyTorch's names, and how each runs.
    Layers,
    /// Ways to initialise all weights of a network.
    Inits,
    /// Random changes of training images.
    Augmentations,
    /// Averages of the weights.
    Averages,
    /// Data sets, and where each is looked up.
    Datasets,
    /// Corruptions of images, in the manner of MNIST-C.
    Corruptions,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let listing = match args.what {
        What::Activations => activations::activations(),
        What::Attacks => registries::attacks(),
        What::Losses => registries::losses(),
        What::Optimizers => registries::optimizers(),
        What::Schedules => registries::schedules(),
        What::Norms => registries::norms(),
        What::Defenses => registries::defenses(),
        What::Models => registries::models(),
        What::Layers => registries::layers(),
        What::Inits => registries::inits(),
        What::Augmentations => registries::augmentations(),
        What::Averages => registries::averages(),
        What::Datasets => datasets::datasets(),
        What::Corruptions => corruptions::corruptions(),
    };
    if args.json {
        say::json(&Value::Array(listing.objects));
        return Ok(());
    }
    say::result(&table(listing.headers, &listing.rows));
    if !listing.below.is_empty() {
        say::result(&format!("\n{}", listing.below));
    }
    Ok(())
}
