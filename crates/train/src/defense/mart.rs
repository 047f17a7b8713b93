//! MART: adversarial examples, and the divergence to clean answers where those are wrong.
//!
//! example  x' = x + 0.001 N(0, 1), then `steps` of box ∩ ball of (x' + α · sign(∇ CE(f(x'), y))), the network in evaluation mode
//! loss     BCE(f(x'), y) + beta · KL(f(x) ‖ f(x')) · (1 − p_y), see [`Mart`](sparring_losses::Mart)
//! source   Wang et al. 2020 (ICLR), authors' code github.com/YisenWang/MART

use super::contract::{
    BUDGET_IN_NORM, Defense, Hyperparameters, LENGTH, NORM, WARM_UP, at_once, check_budget, in_norm,
    inner_attack, is_linf, linf, ramp,
};
use super::noisy_ascent::{Climbed, NoisyAscent};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, AttackInfo};
use sparring_math::named::{NamedError, Range};

/// Boosted cross-entropy of adversarial examples plus `beta` times the divergence from the clean answers, weighted by how wrong those are.
///
/// Source: Wang et al. 2020, "Improving adversarial robustness requires revisiting misclassified examples".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MartTraining {
    /// Budget.
    pub eps: f32,
    /// Factor of the divergence.
    pub beta: f64,
    /// Attack steps.
    pub steps: usize,
    /// How the budget is measured. Files before there was a choice have none.
    #[serde(default = "linf", skip_serializing_if = "is_linf")]
    pub norm: AnyNorm,
    /// Length of a step.
    pub step_size: f32,
    /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps. Files before there was a choice have none.
    #[serde(default, skip_serializing_if = "at_once")]
    pub warm_up: f64,
}

impl MartTraining {
    /// The authors' beta 5; 10 steps of 2.5 eps / 10 in place of their 40 of eps / 30 (`mart(steps=40, step_size=0.01)`), which cost four times as much. The budget grows over the first 30 %
    /// of the training: at full eps from the first step on a net of MNIST's size stays at chance (docs/results/hardening.md).
    pub fn new(eps: f32) -> Self {
        Self { eps, beta: 5.0, steps: 10, norm: AnyNorm::Linf, step_size: 0.25 * eps, warm_up: 0.3 }
    }
}

impl Default for MartTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    MartTraining: "mart", [], "Wang et al. 2020 (ICLR)";
    eps: BUDGET_IN_NORM, "budget, in pixels of [0, 1]";
    beta: Range::at_least(0.0).in_f32(), "factor of the divergence between clean and adversarial answer";
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

impl Defense for MartTraining {
    const ABOUT: &'static str = "examples of 10 steps of eps / 4, and the divergence from the clean answers where those are wrong, eps growing over the first 30 %";
    const WORTH: &'static str = "hardens every seed: 89 to 91 % on mnist";

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
        let (steps, step_size) = (self.steps, share * self.step_size);
        let attack = NoisyAscent { steps, step_size, climbs: Climbed::CrossEntropy, about: &INFO };
        Plan::paired(attack, share * self.eps, sparring_losses::Mart { beta: self.beta }).in_norm(self.norm)
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters::several_steps()
    }
}

const INFO: AttackInfo =
    inner_attack::<MartTraining>(AnyNorm::DENSE, "noise of 0.001, 10 steps of 2.5 eps / 10");
