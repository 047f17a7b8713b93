//! Triangles.

use super::contract::NEAR;
use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// Up from `low` to 1 and down again in straight lines, `cycles` times; the height of each triangle is `decay` of the one before.
///
/// PyTorch's `CyclicLR` with base_lr `low · base` and max_lr `base`: `triangular` with decay 1, `triangular2` with decay 0.5.
///
/// Source: Smith 2017, arXiv:1506.01186.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Cyclic {
    /// Number of triangles, from 1 to 1000.
    pub cycles: usize,
    /// Factor at the foot of a triangle, in (0, 1].
    pub low: f64,
    /// Share of a cycle in which the rate rises, in (0, 1).
    pub rise: f64,
    /// Height of a triangle over that of the one before, in (0, 1].
    pub decay: f64,
}

impl Default for Cyclic {
    fn default() -> Self {
        Self { cycles: 4, low: 0.1, rise: 0.5, decay: 1.0 }
    }
}

sparring_math::named! {
    Cyclic: "cyclic", ["triangular"], "Smith 2017, arXiv:1506.01186";
    cycles: Range::Whole { low: 1, high: 1000 }, "number of triangles";
    low: Range::above_to(0.0, 1.0).in_f32(), "factor at the foot of a triangle";
    rise: Range::between(0.0, 1.0).in_f32(), "share of a cycle in which the rate rises";
    decay: Range::above_to(0.0, 1.0).in_f32(), "height of a triangle over that of the one before";
}

impl Cyclic {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "triangles between a tenth of the rate and the rate" };
}

impl Schedule for Cyclic {
    fn factor(&self, t: f64) -> f64 {
        let along = t.clamp(0.0, 1.0) * self.cycles as f64;
        // As in `Step`: a cycle begins on the step that was meant.
        let cycle = (along + NEAR).floor();
        let x = (along - cycle).max(0.0);
        let up = if x <= self.rise { x / self.rise } else { (1.0 - x) / (1.0 - self.rise) };
        self.low + (1.0 - self.low) * up * self.decay.powf(cycle)
    }
}
