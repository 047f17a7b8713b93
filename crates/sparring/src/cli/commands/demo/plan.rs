//! The demo's net and recipes, chosen on validation images (docs/results/demo.md, docs/decisions/0015).

use sparring::models::FgsmRs;
use sparring::nn::Graph;
use sparring::optim::{AnySchedule, Piecewise};
use sparring::train::{Recipe, defenses};

/// The net of both fighters.
pub(super) fn spec() -> Graph {
    FgsmRs::default().spec()
}

/// Clean training.
pub(super) fn standard(seed: u64) -> Recipe {
    let schedule = AnySchedule::Piecewise(Piecewise::default());
    Recipe { epochs: 10, lr: 8e-3, schedule, seed, ..Recipe::default() }
}

/// The recipe of `--defense pgd`, cut to 8 of its 20 epochs.
pub(super) fn hardened(seed: u64) -> Recipe {
    Recipe { epochs: 8, seed, ..Recipe::hardened(defenses::PgdTraining::new(0.3)) }
}
