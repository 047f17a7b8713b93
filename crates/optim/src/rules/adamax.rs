//! Adamax.

use super::elementwise::{Formula, Mean, formula_rule, power};
use crate::contract::{DECAY, MEMORY};
use crate::floor::flush;
use crate::units::{EPS, Units};
use sparring_math::Real;

/// Adamax: the mean gradient over a decaying maximum of its size.
///
/// `g ← g + weight_decay · w`; `m ← β₁ m + (1-β₁) g`; `u ← max(β₂ u, |g| + eps)`; `w ← w - lr / (1-β₁ᵗ) · m / u`. PyTorch's semantics.
///
/// Source: Kingma and Ba 2015, arXiv:1412.6980, section 7.1.
///
/// ```
/// use sparring_optim::{Adamax, Rule};
/// let (mut w, mut m, mut u) = ([1.0_f64], [0.0], [0.0]);
/// Adamax::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut u]);
/// assert!((w[0] - 0.9).abs() < 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Adamax {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the largest size, in [0, 1).
    pub beta2: f64,
    /// Added to the size of a gradient, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Adamax {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Adamax: "adamax", [], "Kingma and Ba 2015, arXiv:1412.6980, section 7.1";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the largest size";
    eps: EPS, "added to the size of a gradient";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(Adamax, 2 slots, rate 0.002, "adam with the largest size of late gradients in place of their root mean square");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    size: E,
    l2: E,
    eps: E,
    keep: E,
    floor: E,
    mean: Mean<E>,
}

impl<E: Real> Formula<E, 2> for Adamax {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        Constants {
            size: E::of(lr / (1.0 - power(E::of(self.beta1).to_f64(), step))),
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps),
            keep: E::of(self.beta2),
            floor: Units::<E>::new(1.0).moment,
            mean: Mean::new(self.beta1),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [m, u]: [E; 2]) -> (E, [E; 2]) {
        let g = g + c.l2 * w;
        let (m, kept, new) = (c.mean.after(m, g), c.keep * u, g.abs() + c.eps);
        let u = flush(if kept > new { kept } else { new }, c.floor);
        // eps may be below the floor.
        let d = if m == E::ZERO { m } else { m / u };
        (w - c.size * d, [m, u])
    }
}
