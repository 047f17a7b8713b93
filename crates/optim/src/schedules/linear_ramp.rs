//! A straight line.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// A straight line: factor `start + (end - start) t`. As the first of a [`Sequence`](super::Sequence) it is a linear warm-up.
///
/// PyTorch's `LinearLR(start_factor, end_factor, total_iters = all steps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct LinearRamp {
    /// Factor of the first step, in (0, 1].
    pub start: f64,
    /// Factor at the end, in [0, 1].
    pub end: f64,
}

impl Default for LinearRamp {
    fn default() -> Self {
        Self { start: 1.0 / 3.0, end: 1.0 }
    }
}

sparring_math::named! {
    LinearRamp: "linear", ["warm-up"], "PyTorch, torch.optim.lr_scheduler.LinearLR; warm-up: Goyal et al. 2017, arXiv:1706.02677";
    start: Range::above_to(0.0, 1.0).in_f32(), "factor of the first step";
    end: Range::from_to(0.0, 1.0), "factor at the end";
}

impl LinearRamp {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "a straight line between two factors; first in a sequence, a warm-up",
    };
}

impl Schedule for LinearRamp {
    fn factor(&self, t: f64) -> f64 {
        self.start + (self.end - self.start) * t.clamp(0.0, 1.0)
    }
}
