//! The demo's net and recipes: chosen on MNIST-10k for a minute on two cores (docs/results/demo.md).

use sparring::models::FgsmRs;
use sparring::nn::Spec;
use sparring::optim::AnySchedule;
use sparring::train::{Defense, Recipe};

/// The net of both fighters.
pub(super) fn spec() -> Spec {
    FgsmRs::default().spec()
}

fn schedule(text: &str) -> AnySchedule {
    text.parse().expect("a schedule of this name exists")
}

/// Clean training.
pub(super) fn standard(seed: u64) -> Vec<Recipe> {
    let schedule = schedule("one-cycle");
    vec![Recipe { epochs: 15, lr: 8e-3, schedule, seed, ..Recipe::default() }]
}

/// FGSM-RS first, since its steps are cheap, at a budget where it does not overfit to its one step; then PGD-7 on the
/// same weights, its budget growing from 0 while the net forgets the weaker attack.
pub(super) fn hardened(seed: u64) -> Vec<Recipe> {
    let base = Recipe { batch: 64, lr: 5e-3, ..Recipe::default() };
    let fast = Recipe {
        epochs: 6,
        schedule: schedule("one-cycle"),
        defense: Defense::fgsm_rs(0.2),
        seed,
        ..base.clone()
    };
    let strong = Recipe {
        epochs: 8,
        schedule: schedule("piecewise:0=0.2,0.3=1,1=0"),
        defense: Defense::Pgd { eps: 0.3, steps: 7, step_size: 2.5 * 0.3 / 7.0, warm_up: 0.4 },
        seed: seed.wrapping_add(1),
        ..base
    };
    vec![fast, strong]
}
