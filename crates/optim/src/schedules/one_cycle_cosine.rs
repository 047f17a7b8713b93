//! One cycle of two cosines.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// Half a cosine from `start` up to 1 at progress `top`, half a cosine down to `end` on the last step.
///
/// PyTorch's `OneCycleLR` (pct_start `top`, div_factor `1 / start`, final_div_factor `start / end`), without its cycling of the momentum; where the rise has less than
/// two steps the first step has factor 1.
///
/// Source: Smith and Topin 2018, arXiv:1708.07120.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct OneCycleCosine {
    /// Progress at which the rate is highest, in (0, 1).
    pub top: f64,
    /// Factor of the first step, in (0, 1].
    pub start: f64,
    /// Factor of the last step, in (0, 1].
    pub end: f64,
}

impl Default for OneCycleCosine {
    fn default() -> Self {
        Self { top: 0.3, start: 0.04, end: 4e-6 }
    }
}

sparring_math::named! {
    OneCycleCosine: "one-cycle-cosine", ["super-convergence"], "Smith and Topin 2018, arXiv:1708.07120";
    top: Range::between(0.0, 1.0).in_f32(), "progress at which the rate is highest";
    start: Range::above_to(0.0, 1.0).in_f32(), "factor of the first step";
    end: Range::above_to(0.0, 1.0).in_f32(), "factor of the last step";
}

impl OneCycleCosine {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "PyTorch's one cycle: up and down by cosines, nearly to 0" };

    /// Factor at `at` of a way whose top is at `top` and whose end is at `end`.
    fn between(&self, at: f64, top: f64, end: f64) -> f64 {
        let cosine = |from: f64, to: f64, along: f64| {
            to + (from - to) / 2.0 * ((std::f64::consts::PI * along.clamp(0.0, 1.0)).cos() + 1.0)
        };
        if at < top {
            cosine(self.start, 1.0, at / top)
        } else {
            cosine(1.0, self.end, if end > top { (at - top) / (end - top) } else { 0.0 })
        }
    }
}

impl Schedule for OneCycleCosine {
    fn factor(&self, t: f64) -> f64 {
        self.between(t.clamp(0.0, 1.0), self.top, 1.0)
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        let last = steps.max(1) as f64 - 1.0;
        let at = (step.max(1) as f64 - 1.0).min(last);
        base * self.between(at, (self.top * (last + 1.0) - 1.0).max(0.0), last)
    }
}
