//! Cosines with restarts.

use super::contract::NEAR;
use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// Half a cosine from 1 down to `floor`, again and again: `cycles` of them fill the training, each `growth` times as long as the one before.
///
/// PyTorch's `CosineAnnealingWarmRestarts(T_0, T_mult = growth, eta_min = floor · base)` with the T_0 of which so many cycles make all steps.
///
/// Source: Loshchilov and Hutter 2017, arXiv:1608.03983.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct WarmRestarts {
    /// Number of cycles, from 1 to 1000.
    pub cycles: usize,
    /// Length of a cycle over that of the one before, from 1 to 10.
    pub growth: f64,
    /// Factor at the end of a cycle, in [0, 1].
    pub floor: f64,
}

impl Default for WarmRestarts {
    fn default() -> Self {
        Self { cycles: 3, growth: 2.0, floor: 0.0 }
    }
}

sparring_math::named! {
    WarmRestarts: "warm-restarts", ["sgdr"], "Loshchilov and Hutter 2017, arXiv:1608.03983";
    cycles: Range::Whole { low: 1, high: 1000 }, "number of cycles";
    growth: Range::from_to(1.0, 10.0), "length of a cycle over that of the one before";
    floor: Range::from_to(0.0, 1.0), "factor at the end of a cycle";
}

impl WarmRestarts {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "half a cosine down to 0, several times, each longer than the last",
    };

    /// Progress through the cycle that progress `t` lies in.
    fn within(&self, t: f64) -> f64 {
        let longest = (self.cycles - 1) as i32;
        // In units of the last cycle, which do not overflow: the lengths are growth^-longest, .., 1.
        let lengths = (0..=longest).map(|i| self.growth.powi(i - longest));
        let mut left = t.clamp(0.0, 1.0) * lengths.clone().sum::<f64>();
        for (i, length) in lengths.enumerate() {
            if left < length * (1.0 - NEAR) || i as i32 == longest {
                return (left / length).clamp(0.0, 1.0);
            }
            left = (left - length).max(0.0);
        }
        1.0
    }
}

impl Schedule for WarmRestarts {
    fn factor(&self, t: f64) -> f64 {
        self.floor + (1.0 - self.floor) * (1.0 + (std::f64::consts::PI * self.within(t)).cos()) / 2.0
    }
}
