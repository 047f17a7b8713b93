//! Coupled L2 penalty: g ← g + weight · w.

use super::contract::{PENALTY, Seen, Transform, TransformInfo, assert_lengths};
use sparring_math::Real;
use sparring_math::named::Named;

/// The gradient of weight / 2 · Σ w² is added to that of the loss: the `weight_decay` of PyTorch's `SGD` and `Adam`, before any rule.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct L2Penalty {
    /// Factor of the penalty, at least 0.
    pub weight: f64,
}

impl Default for L2Penalty {
    fn default() -> Self {
        Self { weight: 1e-4 }
    }
}

sparring_math::named! {
    L2Penalty: "l2", ["ridge"], "Krogh and Hertz 1991, NIPS 4";
    weight: PENALTY, "factor of half the sum of squares of the weights";
}

impl L2Penalty {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "adds weight * w to the gradient: the penalty weight / 2 * sum w^2",
    };
}

impl<E: Real> Transform<E> for L2Penalty {
    fn decays(&self) -> bool {
        true
    }
    #[track_caller]
    fn apply(&self, _: Seen, w: &mut [E], g: &mut [E]) {
        assert_lengths(Self::NAME, w, g);
        let weight = E::of(self.weight);
        for (g, &w) in g.iter_mut().zip(&*w) {
            *g += weight * w;
        }
    }
}
