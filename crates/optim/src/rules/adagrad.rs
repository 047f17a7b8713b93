//! Adagrad.

use super::elementwise::{Formula, RootMeanSquare, formula_rule};
use crate::contract::DECAY;
use crate::units::EPS;
use sparring_math::Real;
use sparring_math::named::Range;

/// Adagrad: the gradient over the root of the sum of all its squares so far.
///
/// `g ← g + weight_decay · w`; `s ← s + g²` (s starts at `initial`); `w ← w - lr / (1 + (t-1) · lr_decay) · g / (√s + eps)`.
/// PyTorch's semantics. The slot holds √s.
///
/// Source: Duchi, Hazan and Singer 2011, JMLR 12.
///
/// ```
/// use sparring_optim::{Adagrad, Rule};
/// let (mut w, mut s) = ([1.0_f64], [0.0]);
/// Adagrad::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut s]);
/// assert!((w[0] - 0.9).abs() < 1e-9 && s[0] == 5.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Adagrad {
    /// How much the rate falls a step, >= 0.
    pub lr_decay: f64,
    /// Sum of squares before the first step, >= 0.
    pub initial: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self { lr_decay: 0.0, initial: 0.0, eps: 1e-10, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Adagrad: "adagrad", [], "Duchi et al. 2011, JMLR 12";
    lr_decay: Range::at_least(0.0), "how much the rate falls a step: lr / (1 + (t - 1) lr_decay)";
    initial: Range::at_least(0.0).in_f32(), "sum of squares before the first step";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(Adagrad, 1 slots, rate 0.01, "gradients over the root of the sum of all their squares: rates only fall");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    lr: E,
    l2: E,
    eps: E,
    /// Root of the sum before the first step, in that step.
    initial: Option<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Formula<E, 1> for Adagrad {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        Constants {
            lr: E::of(lr / (1.0 + (step - 1) as f64 * self.lr_decay)),
            l2: E::of(self.weight_decay),
            eps: E::of(self.eps),
            initial: (step == 1).then(|| E::of(self.initial.sqrt())),
            root: RootMeanSquare::of_sum(self.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [s]: [E; 1]) -> (E, [E; 1]) {
        let g = g + c.l2 * w;
        let s = c.root.after(c.initial.unwrap_or(s), g);
        (w - c.lr * (g / (s + c.eps)), [s])
    }
}
