//! Free-AT: each batch is used several times, and each backward pass moves the weights and the perturbation.
//!
//! example  clip(x + δ, box)
//! pass     one backward pass gives the gradients of the weights and g = ∂ loss / ∂ δ; the weights take their step, δ ← clip(δ + α · sign(g), −ε, ε); α = ε
//! source   Shafahi et al. 2019, arXiv:1904.12843; authors' code github.com/mahyarnajibi/FreeAdversarialTraining
//!
//! As in the authors' code δ begins at 0, one for each place in a batch, and goes on from batch to batch; where x + δ lies outside the box, g is 0.

use super::contract::{BUDGET, Defense, Hyperparameters, LENGTH, WARM_UP, at_once, ramp};
use super::plan::{ExampleSource, Plan};
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, Threat};
use sparring_math::named::Range;

/// Several passes on each batch, whose gradients move the weights and a perturbation that is carried from batch to batch.
///
/// Source: Shafahi et al. 2019, arXiv:1904.12843.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FreeTraining {
    /// Budget in L-inf.
    pub eps: f32,
    /// Passes on each batch.
    pub replays: usize,
    /// Length of the step of the perturbation after each pass; the paper's is eps.
    pub step_size: f32,
    /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps. Files before there was a choice have none.
    #[serde(default, skip_serializing_if = "at_once")]
    pub warm_up: f64,
}

impl FreeTraining {
    /// The paper's 8 replays of CIFAR-10, steps of eps.
    pub fn new(eps: f32) -> Self {
        Self { eps, replays: 8, step_size: eps, warm_up: 0.0 }
    }
}

impl Default for FreeTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    FreeTraining: "free", [], "Shafahi et al. 2019, arXiv:1904.12843";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    replays: Range::Whole { low: 1, high: 1000 }, "passes on each batch";
    step_size: LENGTH, "length of a step, in pixels of [0, 1]", follows "eps";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("step_size") {
                self.step_size = self.eps;
            }
        }
    }
}

impl Defense for FreeTraining {
    const ABOUT: &'static str =
        "each batch 8 times, its perturbation carried on and moved by the same backward pass as the weights";
    const WORTH: &'static str = "nothing: 0 % on mnist (one seed)";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        let share = ramp(progress, self.warm_up);
        let threat = Threat { norm: AnyNorm::Linf, eps: share * self.eps };
        let examples = ExampleSource::Carried { step_size: share * self.step_size, threat };
        Plan { examples, passes: self.replays, ..Plan::clean() }
    }
    /// As many passes in all as the others: the epochs are divided by the replays. None that was tried holds on MNIST at eps 0.3 (docs/results/hardening.md).
    fn hyperparameters(&self) -> Hyperparameters {
        let usual = Hyperparameters::several_steps();
        Hyperparameters { epochs: usual.epochs.div_ceil(self.replays.max(1)), ..usual }
    }
}
