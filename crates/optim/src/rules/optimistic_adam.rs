//! Optimistic Adam.

use super::elementwise::{Formula, Mean, RootMeanSquare, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;

/// Optimistic Adam: twice [`Adam`](crate::Adam)'s step less the one before, which stops the circling of two players.
///
/// `g ← g + weight_decay · w`; m and v as Adam's; `d = m / (1-β₁ᵗ) / (√v / √(1-β₂ᵗ) + eps)`; `w ← w - 2 lr d + lr d₋` (d₋ = 0 at step 1). The slots hold m, √v and d₋.
///
/// Source: Daskalakis et al. 2018, arXiv:1711.00141, algorithm 1.
///
/// ```
/// use sparring_optim::{OptimisticAdam, Rule};
/// let (mut w, mut m, mut v, mut d) = ([1.0_f64], [0.0], [0.0], [0.0]);
/// OptimisticAdam::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut v, &mut d]);
/// assert!((w[0] - 0.8).abs() < 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct OptimisticAdam {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for OptimisticAdam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    OptimisticAdam: "optimistic-adam", ["oadam"], "Daskalakis et al. 2018, arXiv:1711.00141";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(OptimisticAdam, 3 slots, rate 0.001, "twice adam's step less the one before: for two players");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    lr: E,
    size: E,
    l2: E,
    eps: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 3> for OptimisticAdam {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let square = (1.0 - power(E::of(self.beta2).to_f64(), step)).sqrt();
        Constants {
            lr: E::of(lr),
            size: E::of(square / (1.0 - power(E::of(self.beta1).to_f64(), step))),
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps * square),
            mean: Mean::new(self.beta1),
            root: RootMeanSquare::new(self.beta2, self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, v, before]: [E; 3]) -> (E, [E; 3]) {
        let g = g + c.l2 * w;
        let (m, v) = (c.mean.after(m, g), c.root.after(v, g));
        let d = c.size * (m / (v + c.eps));
        (w - c.lr * (d + d - before), [m, v, d])
    }
}
