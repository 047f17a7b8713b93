//! Clean and adversarial examples, mixed.
//!
//! loss     (1 − lambda) · CE(f(x), y) + lambda · CE(f(x'), y), x' of any attack
//! source   Goodfellow, Shlens, Szegedy 2015, arXiv:1412.6572: FGSM, lambda 0.5
//!
//! At eps 0.3 a net overfits to their single step and keeps nothing, so the default is PGD (docs/results/hardening.md).

use super::contract::{BUDGET, Defense, Hyperparameters, WARM_UP, at_once, ramp};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyAttack, Pgd, Stop};
use sparring_math::named::Range;

/// Cross-entropies of clean and of adversarial examples, weighted.
///
/// Source: Goodfellow, Shlens, Szegedy 2015, arXiv:1412.6572.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MixedTraining {
    /// Budget in L-inf.
    pub eps: f32,
    /// Weight of the adversarial examples; the paper's is 0.5.
    pub lambda: f64,
    /// What makes the adversarial examples.
    pub attack: AnyAttack,
    /// Fraction of the training over which the budget grows from 0 to eps. Files before there was a choice have none.
    #[serde(default, skip_serializing_if = "at_once")]
    pub warm_up: f64,
}

impl MixedTraining {
    /// Half and half, of 7 steps of PGD to the end; the paper's single step is `attack: Fgsm::default().into()`.
    pub fn new(eps: f32) -> Self {
        let attack = Pgd { steps: 7, stop: Stop::Never, ..Pgd::default() }.into();
        Self { eps, lambda: 0.5, attack, warm_up: 0.0 }
    }
}

impl Default for MixedTraining {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    MixedTraining: "mixed", [], "Goodfellow et al. 2015, arXiv:1412.6572";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    lambda: Range::from_to(0.0, 1.0), "weight of the adversarial examples; clean ones have the rest";
    attack: Range::Told("an attack such as fgsm or pgd(steps=7, stop=never)"), "what makes the adversarial examples";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
}

impl Defense for MixedTraining {
    const ABOUT: &'static str =
        "clean examples and adversarial ones (of PGD-7; FGSM in the paper), half and half";
    const WORTH: &'static str = "hardens: 88 to 91 % on mnist (two seeds)";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        Plan::paired(
            self.attack,
            ramp(progress, self.warm_up) * self.eps,
            sparring_losses::Mixed { lambda: self.lambda },
        )
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters::several_steps()
    }
}
