//! Elastic net: g ← g + l1 · sign(w) + l2 · w.

use super::contract::{PENALTY, Seen, Transform, TransformInfo};
use super::{L1Penalty, L2Penalty};
use sparring_math::Real;
use sparring_math::named::Named;

/// Both penalties at once: the gradient of l1 · Σ |w| + l2 / 2 · Σ w² is added to that of the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ElasticNet {
    /// Factor of the sum of sizes, at least 0.
    pub l1: f64,
    /// Factor of half the sum of squares, at least 0.
    pub l2: f64,
}

impl Default for ElasticNet {
    fn default() -> Self {
        Self { l1: L1Penalty::default().weight, l2: L2Penalty::default().weight }
    }
}

sparring_math::named! {
    ElasticNet: "elastic-net", [], "Zou and Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x";
    l1: PENALTY, "factor of the sum of sizes of the weights";
    l2: PENALTY, "factor of half the sum of squares of the weights";
}

impl ElasticNet {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "adds l1 * sign(w) + l2 * w to the gradient: both penalties at once",
    };
}

impl<E: Real> Transform<E> for ElasticNet {
    fn decays(&self) -> bool {
        true
    }
    #[track_caller]
    fn apply(&self, seen: Seen, w: &mut [E], g: &mut [E]) {
        L1Penalty { weight: self.l1 }.apply(seen, w, g);
        L2Penalty { weight: self.l2 }.apply(seen, w, g);
    }
}
