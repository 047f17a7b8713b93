//! Polynomial decay.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// Down to `floor` by a power of what is left: factor `floor + (1 - floor) (1 - t)^power`.
///
/// Without a floor it is PyTorch's `PolynomialLR(total_iters = all steps, power)`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct PolynomialDecay {
    /// The power, > 0 and at most 10.
    pub power: f64,
    /// Factor at the end, in [0, 1].
    pub floor: f64,
}

impl Default for PolynomialDecay {
    fn default() -> Self {
        Self { power: 1.0, floor: 0.0 }
    }
}

sparring_math::named! {
    PolynomialDecay: "polynomial", ["poly"], "PyTorch, torch.optim.lr_scheduler.PolynomialLR";
    power: Range::above_to(0.0, 10.0), "power of what is left of the training";
    floor: Range::from_to(0.0, 1.0), "factor at the end";
}

impl PolynomialDecay {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "a power of what is left of the training: with power 1 a straight line to 0",
    };
}

impl Schedule for PolynomialDecay {
    fn factor(&self, t: f64) -> f64 {
        self.floor + (1.0 - self.floor) * (1.0 - t.clamp(0.0, 1.0)).powf(self.power)
    }
}
