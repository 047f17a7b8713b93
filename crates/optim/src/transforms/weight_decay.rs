//! Decoupled weight decay: w ← w − lr · rate · w.

use super::contract::{PENALTY, Seen, Transform, TransformInfo};
use sparring_math::Real;
use sparring_math::named::Named;

/// Weights shrink by the share lr · rate in every step, whatever the rule: the decay of `AdamW`, for any rule.
///
/// The gradient is not changed, so no norm and no moment knows of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct WeightDecay {
    /// Share of a weight lost per step and unit of learning rate, at least 0.
    pub rate: f64,
}

impl Default for WeightDecay {
    fn default() -> Self {
        Self { rate: 0.01 }
    }
}

sparring_math::named! {
    WeightDecay: "weight-decay", ["decay"], "Loshchilov and Hutter 2019, arXiv:1711.05101";
    rate: PENALTY, "share of a weight lost per step and unit of learning rate";
}

impl WeightDecay {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "shrinks the weights themselves by lr * rate before the step of the rule",
    };
}

impl<E: Real> Transform<E> for WeightDecay {
    fn decays(&self) -> bool {
        true
    }
    fn apply(&self, seen: Seen, w: &mut [E], _: &mut [E]) {
        let kept = E::of(1.0 - seen.lr * self.rate);
        w.iter_mut().for_each(|w| *w *= kept);
    }
}
