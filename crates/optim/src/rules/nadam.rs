//! NAdam.

use super::elementwise::{Formula, Mean, RootMeanSquare, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;
use sparring_math::named::Range;

/// NAdam: [`Adam`](crate::Adam) with Nesterov's look ahead, the momentum rising over the steps.
///
/// `g ← g + weight_decay · w`; `μₜ = β₁ (1 - 0.96^(t · momentum_decay) / 2)`; m and v as Adam's, `d = √v / √(1-β₂ᵗ) + eps`;
/// `w ← w - lr ((1-μₜ) / (1-∏μ) · g + μₜ₊₁ / (1-μₜ₊₁ ∏μ) · m) / d`, the product over μ₁ to μₜ. PyTorch's semantics. The slots hold m and √v.
///
/// Source: Dozat 2016, ICLR workshop.
///
/// ```
/// use sparring_optim::{NAdam, Rule};
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// NAdam::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut v]);
/// assert!(w[0] < 0.9 && w[0] > 0.8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct NAdam {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// How fast the momentum rises from half of β₁ to β₁, >= 0.
    pub momentum_decay: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for NAdam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, momentum_decay: 4e-3, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    NAdam: "nadam", [], "Dozat 2016, ICLR workshop";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    momentum_decay: Range::at_least(0.0), "how fast the momentum rises from half of beta1 to beta1";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(NAdam, 2 slots, rate 0.002, "adam with Nesterov's look ahead");

impl NAdam {
    /// μₜ.
    fn momentum(&self, step: u64) -> f64 {
        self.beta1 * (1.0 - 0.5 * 0.96f64.powf(step as f64 * self.momentum_decay))
    }
    /// μ₁ · .. · μₜ.
    fn product(&self, step: u64) -> f64 {
        let mut product = 1.0;
        for t in 1..=step {
            let mu = self.momentum(t);
            if mu == self.beta1 {
                return product * power(mu, step - t + 1);
            }
            product *= mu;
            if product < 1e-30 {
                // 1 - product is 1.
                return 0.0;
            }
        }
        product
    }
}

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    /// Factors of the gradient and of its mean, with the correction of the root.
    sizes: [E; 2],
    l2: E,
    eps: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 2> for NAdam {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let square = (1.0 - power(E::of(self.beta2).to_f64(), step)).sqrt();
        let (mu, next, product) = (self.momentum(step), self.momentum(step + 1), self.product(step));
        let sizes = [(1.0 - mu) / (1.0 - product), next / (1.0 - product * next)];
        Constants {
            sizes: sizes.map(|size| E::of(lr * size * square)),
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps * square),
            mean: Mean::new(self.beta1),
            root: RootMeanSquare::new(self.beta2, self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, v]: [E; 2]) -> (E, [E; 2]) {
        let g = g + c.l2 * w;
        let (m, v) = (c.mean.after(m, g), c.root.after(v, g));
        let d = v + c.eps;
        (w - c.sizes[0] * (g / d) - c.sizes[1] * (m / d), [m, v])
    }
}
