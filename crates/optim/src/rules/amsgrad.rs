//! AMSGrad.

use super::elementwise::{Formula, Mean, RootMeanSquare, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;

/// AMSGrad: [`Adam`](crate::Adam) whose mean squared gradient counts with the largest value it ever had.
///
/// `g ← g + weight_decay · w`; `m ← β₁ m + (1-β₁) g`; `v ← β₂ v + (1-β₂) g²`; `u ← max(u, v)`; `w ← w - lr / (1-β₁ᵗ) · m / (√u / √(1-β₂ᵗ) + eps)`.
/// `torch.optim.Adam(amsgrad=True)`. The slots hold m, √v and √u.
///
/// Source: Reddi, Kale and Kumar 2018, arXiv:1904.09237.
///
/// ```
/// use sparring_optim::{AmsGrad, Rule};
/// let (mut w, mut m, mut v, mut u) = ([1.0_f64], [0.0], [0.0], [0.0]);
/// AmsGrad::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut v, &mut u]);
/// assert!((w[0] - 0.9).abs() < 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct AmsGrad {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for AmsGrad {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    AmsGrad: "amsgrad", [], "Reddi et al. 2018, arXiv:1904.09237";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(AmsGrad, 3 slots, rate 0.001, "adam whose steps never grow again where gradients were once large");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    size: E,
    l2: E,
    eps: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 3> for AmsGrad {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let square = (1.0 - power(E::of(self.beta2).to_f64(), step)).sqrt();
        Constants {
            size: E::of(lr / (1.0 - power(E::of(self.beta1).to_f64(), step)) * square),
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps * square),
            mean: Mean::new(self.beta1),
            root: RootMeanSquare::new(self.beta2, self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, v, u]: [E; 3]) -> (E, [E; 3]) {
        let g = g + c.l2 * w;
        let (m, v) = (c.mean.after(m, g), c.root.after(v, g));
        // A NaN stays, whichever of both it is.
        let u = if u > v { u } else { v };
        (w - c.size * (m / (u + c.eps)), [m, v, u])
    }
}
