//! TRADES: cross-entropy on clean examples, and how far the answer moves under attack.
//!
//! example  x' = x + 0.001 N(0, 1), then `steps` of box ∩ ball of (x' + α · sign(∇ KL(f(x) ‖ f(x')))), the network in evaluation mode
//! loss     CE(f(x), y) + beta · KL(f(x) ‖ f(x')), softmaxes of both; its gradient goes through both
//! source   Zhang et al. 2019, arXiv:1901.08573

use super::contract::{
    BUDGET_IN_NORM, Defense, Hyperparameters, LENGTH, NORM, WARM_UP, at_once, check_budget, in_norm,
    inner_attack, is_linf, linf, ramp,
};
use super::noisy_ascent::{Climbed, NoisyAscent};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, AttackInfo};
use sparring_math::named::{NamedError, Range};

/// Clean cross-entropy plus `beta` times the divergence to the answer on the worst example found.
///
/// Source: Zhang et al. 2019, arXiv:1901.08573.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TradesTraining {
    /// Budget.
    pub eps: f32,
    /// Factor of the divergence: more of it gives up clean accuracy for robustness.
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

impl TradesTraining {
    /// The authors' beta 1; 10 steps of 2.5 eps / 10 in place of their 40 of eps / 30 (`trades(steps=40, step_size=0.01)`), which cost four times as much.
    pub fn new(eps: f32) -> Self {
        Self { eps, beta: 1.0, steps: 10, norm: AnyNorm::Linf, step_size: 0.25 * eps, warm_up: 0.0 }
    }
}

impl Default for TradesTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    TradesTraining: "trades", [], "Zhang et al. 2019, arXiv:1901.08573";
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

impl Defense for TradesTraining {
    const ABOUT: &'static str =
        "clean examples, and the divergence to those of 10 steps of eps / 4 that raise it";
    const WORTH: &'static str = "hardens every seed: 88 to 92 % on mnist";

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
        let attack = NoisyAscent { steps, step_size, climbs: Climbed::Divergence, about: &INFO };
        Plan::paired(attack, share * self.eps, sparring_losses::Trades { beta: self.beta }).in_norm(self.norm)
    }
    /// The authors train for 100 epochs by SGD.
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters::several_steps()
    }
}

const INFO: AttackInfo =
    inner_attack::<TradesTraining>(AnyNorm::DENSE, "noise of 0.001, 10 steps of 2.5 eps / 10");
