//! Warm-up and inverse square root.

use super::contract::after;
use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// Up in a straight line over the first `warmup` of training, then down by the inverse root: factor `min(t / warmup, √(warmup / t))`.
///
/// The formula of the paper, `d^-½ min(s^-½, s w^-3/2)` at step s with w steps of warm-up, over its peak `(d w)^-½`. Steps count themselves, so none is lost at rate 0.
///
/// Source: Vaswani et al. 2017, arXiv:1706.03762, section 5.3.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Noam {
    /// Length of the warm-up as a fraction of the training, in (0, 1].
    pub warmup: f64,
}

impl Default for Noam {
    fn default() -> Self {
        Self { warmup: 0.1 }
    }
}

sparring_math::named! {
    Noam: "noam", ["inverse-sqrt"], "Vaswani et al. 2017, arXiv:1706.03762";
    warmup: Range::above_to(0.0, 1.0).in_f32(), "length of the warm-up as a fraction of the training";
}

impl Noam {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "up in a straight line, then down by the inverse square root",
    };
}

impl Schedule for Noam {
    fn factor(&self, t: f64) -> f64 {
        let t = t.clamp(0.0, 1.0);
        (t / self.warmup).min((self.warmup / t).sqrt())
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        base * self.factor(after(step.max(1), steps))
    }
}
