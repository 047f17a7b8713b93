//! RAdam.

use super::elementwise::{Formula, Mean, RootMeanSquare, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;

/// RAdam: [`Adam`](crate::Adam) that takes plain momentum steps until the variance of its root can be trusted, and shortens those after.
///
/// m and v as Adam's; `ρ = 2 / (1-β₂) - 1 - 2t β₂ᵗ / (1-β₂ᵗ)`, `ρ∞ = 2 / (1-β₂) - 1`. For ρ > 5
/// `w ← w - lr r m / (1-β₁ᵗ) · √(1-β₂ᵗ) / (√v + eps)`, `r² = (ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ)`; else `w ← w - lr m / (1-β₁ᵗ)`. PyTorch's semantics. The slots hold m and √v.
///
/// Source: Liu et al. 2020, arXiv:1908.03265.
///
/// ```
/// use sparring_optim::{RAdam, Rule};
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// RAdam::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut v]);
/// assert!((w[0] - 0.5).abs() < 1e-12); // the first steps are those of momentum
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RAdam {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for RAdam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    RAdam: "radam", [], "Liu et al. 2020, arXiv:1908.03265";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(RAdam, 2 slots, rate 0.001, "adam with a warm-up of its own");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    size: E,
    /// Whether the root counts.
    adaptive: bool,
    l2: E,
    eps: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 2> for RAdam {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let beta2 = E::of(self.beta2).to_f64();
        let (kept, most) = (power(beta2, step), 2.0 / (1.0 - beta2) - 1.0);
        let rho = most - 2.0 * step as f64 * kept / (1.0 - kept);
        let rectified = (rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho);
        let adaptive = rho > 5.0;
        let factor = if adaptive { (rectified * (1.0 - kept)).sqrt() } else { 1.0 };
        Constants {
            size: E::of(lr / (1.0 - power(E::of(self.beta1).to_f64(), step)) * factor),
            adaptive,
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps),
            mean: Mean::new(self.beta1),
            root: RootMeanSquare::new(self.beta2, self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, v]: [E; 2]) -> (E, [E; 2]) {
        let g = g + c.l2 * w;
        let (m, v) = (c.mean.after(m, g), c.root.after(v, g));
        let d = if c.adaptive { m / (v + c.eps) } else { m };
        (w - c.size * d, [m, v])
    }
}
