//! PGD: several steps from a uniform start, the budget growing.
//!
//! example  x_{k+1} = box ∩ ball of (x_k + α · sign(∇ loss(x_k, y))), x₀ uniform in the ball; 7 steps of α = 2.5 ε / 7
//! source   Madry et al. 2018, arXiv:1706.06083

use super::contract::{BUDGET, Defense, Hyperparameters, LENGTH, WARM_UP, ramp};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{StepSize, Stop};
use sparring_math::named::Range;
use sparring_optim::Ema;

/// PGD from a uniform start.
///
/// Source: Madry et al. 2018, arXiv:1706.06083.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PgdTraining {
    /// Budget in L-inf.
    pub eps: f32,
    /// Attack steps.
    pub steps: usize,
    /// Length of a step.
    pub step_size: f32,
    /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps.
    pub warm_up: f64,
}

impl PgdTraining {
    /// 7 steps of 2.5 eps / 7, the budget growing over the first 30 % of the training.
    pub fn new(eps: f32) -> Self {
        Self { eps, steps: 7, step_size: usual_length(eps, 7), warm_up: 0.3 }
    }
}

/// The usual length of one of so many steps.
fn usual_length(eps: f32, steps: usize) -> f32 {
    2.5 * eps / steps as f32
}

impl Default for PgdTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    PgdTraining: "pgd", [], "Madry et al. 2018, arXiv:1706.06083";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    steps: Range::COUNT, "attack steps";
    step_size: LENGTH, "length of a step, in pixels of [0, 1]", follows "2.5 eps / steps";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("step_size") {
                self.step_size = usual_length(self.eps, self.steps);
            }
        }
    }
}

impl Defense for PgdTraining {
    const ABOUT: &'static str =
        "7 steps of 2.5 eps / 7 from a uniform start, eps growing over the first 30 %";
    const WORTH: &'static str = "hardens every seed: 85 to 87 % on mnist-10k, 90 to 91 % on mnist";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        let share = ramp(progress, self.warm_up);
        // Training wants the worst point found, not the first that fools.
        let attack = sparring_attacks::Pgd {
            steps: self.steps,
            step_size: StepSize::Absolute(share * self.step_size),
            stop: Stop::Never,
            ..Default::default()
        };
        Plan::adversarial(attack, share * self.eps)
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters { epochs: 20, batch: 64, ema: Some(Ema::default()), ..Hyperparameters::one_cycle() }
    }
}
