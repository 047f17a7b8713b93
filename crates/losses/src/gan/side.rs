//! Whose loss it is.

use sparring_math::Real;
use sparring_math::named::Range;

/// Whose loss is asked for, and about which example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Side {
    /// The critic's loss on a real example.
    Real,
    /// The critic's loss on a generated example.
    Fake,
    /// The generator's loss on its own example.
    Generator,
}

/// Labels of real examples that smooth one side.
pub(super) const SMOOTH: Range = Range::above_to(0.0, 1.0);
/// What such a label is.
pub(super) const SMOOTH_ABOUT: &str =
    "label of real examples for the critic; below 1 it is smoothed, 0.9 is usual";

impl Side {
    /// The label of this side under one-sided smoothing: that of real examples for the critic is `smooth`.
    ///
    /// Source: Salimans et al. 2016, arXiv:1606.03498.
    pub(super) fn label<E: Real>(self, smooth: f64) -> E {
        match self {
            Self::Real => E::of(smooth),
            Self::Fake => E::ZERO,
            Self::Generator => E::ONE,
        }
    }
}
