//! One cycle, by its top.

use super::ScheduleInfo;
use sparring_math::named::{Named, Range};

/// A triangle: from 0 up to the base rate at progress `top`, down to 0 at the end. By itself only a name: as a schedule it is
/// [`Piecewise::one_cycle`](super::Piecewise::one_cycle).
///
/// Source: Smith 2017, arXiv:1708.07120; the top of Wong, Rice, Kolter 2020, arXiv:2001.03994.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    /// Progress at which the rate is highest, in (0, 1).
    pub top: f64,
}

impl Default for OneCycle {
    fn default() -> Self {
        Self { top: 0.4 }
    }
}

sparring_math::named! {
    OneCycle: "one-cycle", [], "Smith 2017, arXiv:1708.07120";
    top: Range::between(0.0, 1.0), "progress at which the rate is highest";
}

impl OneCycle {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "up from 0 over the first 40 %, down to 0 at the end" };
}
