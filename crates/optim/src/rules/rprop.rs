//! Rprop.

use super::elementwise::{Formula, formula_rule};
use crate::contract::DECAY;
use sparring_math::Real;
use sparring_math::named::{NamedError, Range};

/// Rprop: each weight has a step of its own, longer while the sign of its gradient stays and shorter when it changes. For whole batches: it trusts signs.
///
/// Step sizes start at lr. Sign as before: `s ← min(grow · s, largest)`; changed: `s ← max(shrink · s, smallest)` and g counts as 0; `w ← w - s · sign(g)`.
/// PyTorch's semantics: a scheduled learning rate acts in the first step alone. `weight_decay` (not in PyTorch) is an L2 penalty in the gradient.
///
/// Source: Riedmiller and Braun 1993, ICNN.
///
/// ```
/// use sparring_optim::{Rprop, Rule};
/// let (mut w, mut before, mut size) = ([1.0_f64], [0.0], [0.0]);
/// Rprop::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut before, &mut size]);
/// Rprop::default().update(2, 0.1, &mut w, &[1e-9], &mut [&mut before, &mut size]);
/// assert!((w[0] - (0.9 - 0.12)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Rprop {
    /// Factor of a step whose gradient changed its sign, in (0, 1).
    pub shrink: f64,
    /// Factor of a step whose gradient kept its sign, above 1.
    pub grow: f64,
    /// Smallest step, > 0.
    pub smallest: f64,
    /// Largest step.
    pub largest: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Rprop {
    fn default() -> Self {
        Self { shrink: 0.5, grow: 1.2, smallest: 1e-6, largest: 50.0, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Rprop: "rprop", [], "Riedmiller and Braun 1993, ICNN";
    shrink: Range::between(0.0, 1.0).in_f32(), "factor of a step whose gradient changed its sign";
    grow: Range::above(1.0).in_f32(), "factor of a step whose gradient kept its sign";
    smallest: Range::above(0.0).in_f32(), "smallest step";
    largest: Range::above(0.0).in_f32(), "largest step";
    weight_decay: DECAY, "L2 penalty in the gradient";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.largest < self.smallest {
                return Err(NamedError::value(Self::NAME, "largest", self.largest, "at least `smallest`"));
            }
            Ok(())
        }
    }
}

formula_rule!(Rprop, 2 slots, rate 0.01, "steps by signs alone, each weight with its own length; for whole batches");

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    /// All step sizes, in the first step.
    first: Option<E>,
    l2: E,
    factors: [E; 2],
    limits: [E; 2],
}

/// −1, 0 or 1; NaN of NaN.
#[inline(always)]
fn sign<E: Real>(x: E) -> E {
    if x > E::ZERO {
        E::ONE
    } else if x < E::ZERO {
        -E::ONE
    } else {
        x
    }
}

impl<E: Real> Formula<E, 2> for Rprop {
    type Constants = Constants<E>;

    fn constants(&self, step: u64, lr: f64) -> Constants<E> {
        Constants {
            first: (step == 1).then(|| E::of(lr)),
            l2: E::of(self.weight_decay),
            factors: [E::of(self.shrink), E::of(self.grow)],
            limits: [E::of(self.smallest), E::of(self.largest)],
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, [before, size]: [E; 2]) -> (E, [E; 2]) {
        let g = g + c.l2 * w;
        // Signs, whose product never vanishes by underflow.
        let turn = sign(g) * sign(before);
        let factor = if turn > E::ZERO {
            c.factors[1]
        } else if turn < E::ZERO {
            c.factors[0]
        } else {
            E::ONE
        };
        let size = c.first.unwrap_or(size) * factor;
        let size = if size < c.limits[0] { c.limits[0] } else { size };
        let size = if size > c.limits[1] { c.limits[1] } else { size };
        let g = if turn < E::ZERO { E::ZERO } else { g };
        (w - size * sign(g), [g, size])
    }
}
