//! Lion.

use super::elementwise::{Formula, Mean, formula_rule};
use crate::contract::{DECAY, MEMORY};
use sparring_math::Real;

/// Lion: steps of the same size for all weights, by the sign of a mean of gradient and momentum.
///
/// `w ← (1 - lr · weight_decay) w - lr · sign(β₁ m + (1-β₁) g)`; `m ← β₂ m + (1-β₂) g`; sign(0) = 0. The authors' semantics.
///
/// Source: Chen et al. 2023, arXiv:2302.06675.
///
/// ```
/// use sparring_optim::{Lion, Rule};
/// let (mut w, mut m) = ([1.0_f64], [0.0]);
/// Lion::default().update(1, 0.1, &mut w, &[-1e-9], &mut [&mut m]);
/// assert_eq!(w, [1.1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Lion {
    /// Share of the momentum in the step, in [0, 1).
    pub beta1: f64,
    /// Memory of the momentum, in [0, 1).
    pub beta2: f64,
    /// Share of a weight lost per step and unit of learning rate, >= 0.
    pub weight_decay: f64,
}

impl Default for Lion {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.99, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Lion: "lion", [], "Chen et al. 2023, arXiv:2302.06675";
    beta1: MEMORY, "share of the momentum in the step";
    beta2: MEMORY, "memory of the momentum";
    weight_decay: DECAY, "share of a weight lost per step and unit of learning rate";
}

formula_rule!(Lion, 1 slots, rate 0.0003, "steps of one size by the sign of the momentum; half the state of adam");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    lr: E,
    kept: E,
    step: Mean<E>,
    mean: Mean<E>,
}

impl<E: Real> Formula<E, 1> for Lion {
    type Constants = Constants<E>;

    fn constants(&self, _: u64, lr: f64) -> Constants<E> {
        let kept = E::of(1.0 - lr * self.weight_decay);
        Constants { lr: E::of(lr), kept, step: Mean::new(self.beta1), mean: Mean::new(self.beta2) }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m]: [E; 1]) -> (E, [E; 1]) {
        let u = c.step.after(m, g);
        let step = if u > E::ZERO {
            c.lr
        } else if u < E::ZERO {
            -c.lr
        } else {
            u
        };
        (c.kept * w - step, [c.mean.after(m, g)])
    }
}
