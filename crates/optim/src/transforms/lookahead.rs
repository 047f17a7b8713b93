//! Lookahead: slow weights that follow the fast ones every k steps.

use super::contract::{Seen, Transform, TransformInfo};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// Around any rule: after every k-th step the slow weights s move towards the weights, s ← s + alpha (w − s), and the weights go on from there, w ← s.
///
/// s begins at the weights before the first step; it is the slot. State of the rule stays, as in the authors' program by default.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Lookahead {
    /// Steps of the rule for one of the slow weights, at least 1.
    pub k: usize,
    /// Share of the way that the slow weights go, in (0, 1].
    pub alpha: f64,
}

impl Default for Lookahead {
    fn default() -> Self {
        Self { k: 5, alpha: 0.5 }
    }
}

sparring_math::named! {
    Lookahead: "lookahead", [], "Zhang et al. 2019, arXiv:1907.08610";
    k: Range::COUNT, "steps of the rule for one of the slow weights";
    alpha: Range::above_to(0.0, 1.0).in_f32(), "share of the way that the slow weights go";
}

impl Lookahead {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "after every k steps the weights go back part of the way to where they were before",
    };
}

impl<E: Real> Transform<E> for Lookahead {
    fn slots(&self) -> usize {
        1
    }
    fn begin(&self, w: &[E], slots: &mut [&mut [E]]) {
        slots[0].copy_from_slice(w);
    }
    fn after(&self, seen: Seen, w: &mut [E], slots: &mut [&mut [E]]) {
        if seen.step.is_multiple_of(self.k as u64) {
            let alpha = E::of(self.alpha);
            for (w, slow) in w.iter_mut().zip(&mut *slots[0]) {
                *slow += alpha * (*w - *slow);
                *w = *slow;
            }
        }
    }
}
