//! Weights between two limits: what holds the critic of a Wasserstein GAN.

use super::contract::{LIMIT, Seen, Transform, TransformInfo};
use sparring_math::Real;
use sparring_math::named::Named;

/// After the step of the rule, each weight to [−max, max]; biases too, as in the authors' code.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ClipWeights {
    /// The limit, above 0.
    pub max: f64,
}

impl Default for ClipWeights {
    fn default() -> Self {
        Self { max: 0.01 }
    }
}

sparring_math::named! {
    ClipWeights: "clip-weights", [], "Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1";
    max: LIMIT, "largest size of a weight";
}

impl ClipWeights {
    /// Name and facts.
    pub const INFO: TransformInfo =
        TransformInfo { name: Self::NAME, about: "after each step, each weight to a size of at most max" };
}

impl<E: Real> Transform<E> for ClipWeights {
    fn after(&self, _: Seen, w: &mut [E], _: &mut [&mut [E]]) {
        let max = E::of(self.max);
        for w in w {
            // NaN is on neither side.
            if *w > max {
                *w = max;
            } else if *w < -max {
                *w = -max;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_inside_stay_and_the_others_go_to_the_limit() {
        let mut w = [0.5, -0.5, 0.005, -0.01, f64::NAN];
        let seen = Seen { step: 1, lr: 0.1, norm: 0.0 };
        ClipWeights::default().after(seen, &mut w, &mut []);
        assert_eq!(w[..4], [0.01, -0.01, 0.005, -0.01]);
        assert!(w[4].is_nan());
    }
}
