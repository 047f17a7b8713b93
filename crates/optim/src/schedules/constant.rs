//! No change.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::Named;

/// The base learning rate throughout: factor 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Constant {}

sparring_math::named! { Constant: "constant", [], "-"; }

impl Constant {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "the base learning rate throughout" };
}

impl Schedule for Constant {
    fn factor(&self, _: f64) -> f64 {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_changes() {
        for step in [0, 1, 50, 100, 101] {
            assert_eq!(Constant {}.lr(0.3, step, 100), 0.3);
        }
    }
}
