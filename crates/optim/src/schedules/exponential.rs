//! Exponential decay.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// The rate falls, or grows, by the same factor in every step: factor `endᵗ`.
///
/// PyTorch's `ExponentialLR(gamma)` with `gamma = end^(1 / all steps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct ExponentialDecay {
    /// Factor at the end, > 0; above 1 the rate grows.
    pub end: f64,
}

impl Default for ExponentialDecay {
    fn default() -> Self {
        Self { end: 0.01 }
    }
}

sparring_math::named! {
    ExponentialDecay: "exponential", [], "PyTorch, torch.optim.lr_scheduler.ExponentialLR";
    end: Range::above(0.0).in_f32(), "factor at the end; above 1 the rate grows";
}

impl ExponentialDecay {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "by the same share in every step, down to a hundredth" };
}

impl Schedule for ExponentialDecay {
    fn factor(&self, t: f64) -> f64 {
        self.end.powf(t.clamp(0.0, 1.0))
    }
}
