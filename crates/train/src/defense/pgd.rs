//! PGD: several steps from a uniform start, the budget growing.
//!
//! example  x_{k+1} = box ∩ ball of (x_k + α · sign(∇ loss(x_k, y))), x₀ uniform in the ball; 7 steps of α = 2.5 ε / 7
//! source   Madry et al. 2018, arXiv:1706.06083

use super::contract::{
    BUDGET_IN_NORM, Defense, Hyperparameters, LENGTH, NORM, WARM_UP, check_budget, in_norm, is_linf, linf,
    ramp,
};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, StepSize, Stop};
use sparring_math::named::{NamedError, Range};

/// PGD from a uniform start.
///
/// Source: Madry et al. 2018, arXiv:1706.06083.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PgdTraining {
    /// Budget.
    pub eps: f32,
    /// Attack steps.
    pub steps: usize,
    /// How the budget is measured. Files before there was a choice have none.
    #[serde(default = "linf", skip_serializing_if = "is_linf")]
    pub norm: AnyNorm,
    /// Length of a step.
    pub step_size: f32,
    /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps.
    pub warm_up: f64,
}

impl PgdTraining {
    /// 7 steps of 2.5 eps / 7, the budget growing over the first 30 % of the training.
    pub fn new(eps: f32) -> Self {
        Self { eps, steps: 7, norm: AnyNorm::Linf, step_size: 2.5 * eps / 7.0, warm_up: 0.3 }
    }
}

impl Default for PgdTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    PgdTraining: "pgd", [], "Madry et al. 2018, arXiv:1706.06083";
    eps: BUDGET_IN_NORM, "budget, in pixels of [0, 1]";
    steps: Range::COUNT, "attack steps";
    norm: NORM, "how the budget is measured";
    step_size: LENGTH, "length of a step, in pixels of [0, 1]", follows "2.5 eps / steps, in l2 7.5";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("step_size") {
                self.step_size = in_norm(self.norm, 2.5 * self.eps / self.steps as f32);
            }
        }
        fn check_together(&self) -> Result<(), NamedError> {
            check_budget(self)
        }
    }
}

impl Defense for PgdTraining {
    const ABOUT: &'static str =
        "7 steps of 2.5 eps / 7 from a uniform start, eps growing over the first 30 %";
    const WORTH: &'static str = "hardens every seed: 90 to 92 % on mnist";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn norm(&self) -> AnyNorm {
        self.norm
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
        Plan::adversarial(attack, share * self.eps).in_norm(self.norm)
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters { label_smoothing: 0.1, ..Hyperparameters::several_steps() }
    }
}
