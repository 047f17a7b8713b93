//! Adadelta.

use super::elementwise::{Formula, RootMeanSquare, formula_rule};
use crate::contract::{DECAY, MEMORY};
use crate::units::EPS;
use sparring_math::Real;

/// Adadelta: steps in the units of the weights, from a running mean of squared steps over one of squared gradients.
///
/// `g ← g + weight_decay · w`; `v ← rho · v + (1-rho) g²`; `d = √(u + eps) / √(v + eps) · g`; `u ← rho · u + (1-rho) d²`; `w ← w - lr · d`.
/// PyTorch's semantics. The slots hold √v and √u.
///
/// Source: Zeiler 2012, arXiv:1212.5701.
///
/// ```
/// use sparring_optim::{Adadelta, Rule};
/// let (mut w, mut v, mut u) = ([1.0_f64], [0.0], [0.0]);
/// Adadelta::default().update(1, 1.0, &mut w, &[5.0], &mut [&mut v, &mut u]);
/// assert!((w[0] - (1.0 - (1e-6 / (2.5 + 1e-6_f64)).sqrt() * 5.0)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Adadelta {
    /// Memory of both means of squares, in [0, 1).
    pub rho: f64,
    /// Added under both roots, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Adadelta {
    fn default() -> Self {
        Self { rho: 0.9, eps: 1e-6, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Adadelta: "adadelta", [], "Zeiler 2012, arXiv:1212.5701";
    rho: MEMORY, "memory of both means of squares";
    eps: EPS, "added under both roots";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(Adadelta, 2 slots, rate 1.0, "steps in the units of the weights, without a rate to choose");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    lr: E,
    l2: E,
    eps: E,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 2> for Adadelta {
    type Constants = Constants<E>;

    fn constants(&self, _: u64, lr: f64) -> Constants<E> {
        // Under the root: numbers count from the root of eps on.
        let root = RootMeanSquare::new(self.rho, self.eps.sqrt());
        Constants { lr: E::of(lr), l2: E::of(self.weight_decay), eps: E::of(self.eps), root }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [v, u]: [E; 2]) -> (E, [E; 2]) {
        let g = g + c.l2 * w;
        let v = c.root.after(v, g);
        let d = c.root.with_eps(u, c.eps) * (g / c.root.with_eps(v, c.eps));
        (w - c.lr * d, [v, c.root.after(u, d)])
    }
}
