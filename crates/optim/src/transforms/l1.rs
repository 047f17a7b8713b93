//! L1 penalty: g ← g + weight · sign(w), sign(0) = 0.

use super::contract::{PENALTY, Seen, Transform, TransformInfo, assert_lengths};
use sparring_math::Real;
use sparring_math::named::Named;

/// The gradient of weight · Σ |w| is added to that of the loss; sign(0) = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct L1Penalty {
    /// Factor of the penalty, at least 0.
    pub weight: f64,
}

impl Default for L1Penalty {
    fn default() -> Self {
        Self { weight: 1e-5 }
    }
}

sparring_math::named! {
    L1Penalty: "l1", ["lasso"], "Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x";
    weight: PENALTY, "factor of the sum of sizes of the weights";
}

impl L1Penalty {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "adds weight * sign(w) to the gradient: the penalty weight * sum |w|",
    };
}

impl<E: Real> Transform<E> for L1Penalty {
    fn decays(&self) -> bool {
        true
    }
    #[track_caller]
    fn apply(&self, _: Seen, w: &mut [E], g: &mut [E]) {
        assert_lengths(Self::NAME, w, g);
        let weight = E::of(self.weight);
        for (g, &w) in g.iter_mut().zip(&*w) {
            let sign = if w > E::ZERO {
                weight
            } else if w < E::ZERO {
                -weight
            } else {
                E::ZERO
            };
            *g += sign;
        }
    }
}
