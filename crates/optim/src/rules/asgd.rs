//! Averaged SGD.

use super::elementwise::{Formula, formula_rule};
use crate::contract::DECAY;
use sparring_math::Real;
use sparring_math::named::Range;

/// Averaged SGD: a falling rate, and beside the weights their average over the steps from t0 on.
///
/// `g ← g + weight_decay · w`; `ηₜ = lr / (1 + lambda · lr · (t-1))^alpha`; `w ← (1 - lambda ηₜ) w - ηₜ g`; `a ← a + (w - a) / max(1, t - 1 - t0)`.
/// PyTorch's semantics. The slot holds the average a; the weights themselves are not replaced by it.
///
/// Source: Polyak and Juditsky 1992, SIAM J. Control Optim. 30.
///
/// ```
/// use sparring_optim::{Asgd, Rule};
/// let (mut w, mut a) = ([1.0_f64], [0.0]);
/// Asgd::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut a]);
/// assert!((w[0] - (1.0 - 1e-5 - 0.5)).abs() < 1e-12 && a == w);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Asgd {
    /// Decay of the weights and of the rate, >= 0. As PyTorch's it acts on every parameter, those of groups without weight decay too.
    pub lambda: f64,
    /// Power of the rate's fall, >= 0.
    pub alpha: f64,
    /// Step from which on weights are averaged, >= 0.
    pub t0: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Asgd {
    fn default() -> Self {
        Self { lambda: 1e-4, alpha: 0.75, t0: 1e6, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Asgd: "asgd", [], "Polyak and Juditsky 1992, SIAM J. Control Optim. 30";
    lambda: Range::at_least(0.0), "decay of the weights and of the rate";
    alpha: Range::at_least(0.0), "power of the rate's fall";
    t0: Range::at_least(0.0), "step from which on weights are averaged";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

formula_rule!(Asgd, 1 slots, rate 0.1, "gradient descent with a falling rate and an average of the weights beside");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    eta: E,
    kept: E,
    /// Share of the new weight in the average.
    share: E,
    l2: E,
}

impl<E: Real> Formula<E, 1> for Asgd {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        let before = (step - 1) as f64;
        let eta = lr / (1.0 + self.lambda * lr * before).powf(self.alpha);
        Constants {
            eta: E::of(eta),
            kept: E::of(1.0 - self.lambda * eta),
            share: E::of(1.0 / (before - self.t0).max(1.0)),
            l2: E::of(self.weight_decay),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [a]: [E; 1]) -> (E, [E; 1]) {
        let g = g + c.l2 * w;
        let w = c.kept * w - c.eta * g;
        (w, [if c.share == E::ONE { w } else { a + (w - a) * c.share }])
    }
}
