//! Adan.

use super::elementwise::{Formula, Mean, RootMeanSquare, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;

/// Adan: Nesterov momentum written with the difference of gradients, over the root of a mean square.
///
/// `d = g - g₋` (0 at step 1); `m ← β₁ m + (1-β₁) g`; `n ← β₂ n + (1-β₂) d`; `v ← β₃ v + (1-β₃) (g + β₂ d)²`;
/// `w ← (w - lr (m / (1-β₁ᵗ) + β₂ n / (1-β₂ᵗ)) / (√v / √(1-β₃ᵗ) + eps)) / (1 + lr · weight_decay)`. The authors' semantics (their betas are one minus the
/// paper's). The slots hold m, n, √v and g₋.
///
/// Source: Xie et al. 2022, arXiv:2208.06677.
///
/// ```
/// use sparring_optim::{Adan, Rule};
/// let mut s = [[0.0_f64]; 4];
/// let (mut w, [m, n, v, before]) = ([1.0], &mut s);
/// Adan::default().update(1, 0.1, &mut w, &[5.0], &mut [m, n, v, before]);
/// assert!((w[0] - 0.9).abs() < 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Adan {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean difference, in [0, 1).
    pub beta2: f64,
    /// Memory of the mean square, in [0, 1).
    pub beta3: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// Share of a weight lost per step and unit of learning rate, >= 0.
    pub weight_decay: f64,
}

impl Default for Adan {
    fn default() -> Self {
        Self { beta1: 0.98, beta2: 0.92, beta3: 0.99, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Adan: "adan", [], "Xie et al. 2022, arXiv:2208.06677";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean difference of gradients";
    beta3: MEMORY, "memory of the mean square";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "share of a weight lost per step and unit of learning rate";
}

formula_rule!(Adan, 4 slots, rate 0.001, "Nesterov momentum by differences of gradients, over a root mean square");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    sizes: [E; 2],
    first: bool,
    beta2: E,
    eps: E,
    shrink: E,
    means: [Mean<E>; 2],
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 4> for Adan {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let missing = |beta: f64| 1.0 - power(E::of(beta).to_f64(), step);
        let square = missing(self.beta3).sqrt();
        let sizes = [1.0 / missing(self.beta1), self.beta2 / missing(self.beta2)];
        Constants {
            sizes: sizes.map(|size| E::of(lr * size * square)),
            first: step == 1,
            beta2: E::of(self.beta2),
            eps: E::of(self.eps * square),
            shrink: E::of(1.0 / (1.0 + lr * self.weight_decay)),
            means: [Mean::new(self.beta1), Mean::new(self.beta2)],
            root: RootMeanSquare::new(self.beta3, self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, n, v, before]: [E; 4]) -> (E, [E; 4]) {
        let d = if c.first { E::ZERO } else { g - before };
        let (m, n) = (c.means[0].after(m, g), c.means[1].after(n, d));
        let v = c.root.after(v, g + c.beta2 * d);
        let root = v + c.eps;
        ((w - c.sizes[0] * (m / root) - c.sizes[1] * (n / root)) * c.shrink, [m, n, v, g])
    }
}
