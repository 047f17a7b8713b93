//! What a parameter may be.

use super::error::plain;
use std::fmt;

/// The values that a parameter may have. Numbers are finite always.
///
/// ```
/// use sparring_math::named::Range;
/// let memory = Range::from_to_below(0.0, 1.0).in_f32();
/// assert!(memory.holds(0.9) && !memory.holds(1.0));
/// assert!(!memory.holds(0.999_999_999), "in f32 that is 1");
/// assert_eq!(memory.to_string(), "a number, at least 0 and below 1, in f32 too");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Range {
    /// Numbers between two ends.
    Numbers {
        /// The lower end, and whether it is one of them.
        low: (f64, bool),
        /// The upper end, and whether it is one of them.
        high: (f64, bool),
        /// Whether the number must keep to the ends when rounded to `f32`, too.
        single: bool,
    },
    /// Whole numbers.
    Whole {
        /// The smallest.
        low: u64,
        /// The largest.
        high: u64,
    },
    /// Some words.
    Words(&'static [&'static str]),
    /// What the type of the parameter reads, told in these words; the type judges.
    Told(&'static str),
}

impl Range {
    /// Any finite number.
    pub const FINITE: Self = Self::ends((f64::NEG_INFINITY, false), (f64::INFINITY, false));
    /// `true` or `false`.
    pub const TRUE_OR_FALSE: Self = Self::Words(&["true", "false"]);
    /// A number of things: from 1 to 10¹², beyond which nothing would ever end.
    pub const COUNT: Self = Self::Whole { low: 1, high: 1_000_000_000_000 };

    const fn ends(low: (f64, bool), high: (f64, bool)) -> Self {
        Self::Numbers { low, high, single: false }
    }
    /// Above `low`.
    pub const fn above(low: f64) -> Self {
        Self::ends((low, false), (f64::INFINITY, false))
    }
    /// `low` or above.
    pub const fn at_least(low: f64) -> Self {
        Self::ends((low, true), (f64::INFINITY, false))
    }
    /// [`low`, `high`].
    pub const fn from_to(low: f64, high: f64) -> Self {
        Self::ends((low, true), (high, true))
    }
    /// [`low`, `high`).
    pub const fn from_to_below(low: f64, high: f64) -> Self {
        Self::ends((low, true), (high, false))
    }
    /// (`low`, `high`].
    pub const fn above_to(low: f64, high: f64) -> Self {
        Self::ends((low, false), (high, true))
    }
    /// (`low`, `high`).
    pub const fn between(low: f64, high: f64) -> Self {
        Self::ends((low, false), (high, false))
    }
    /// The same, for a number that is used in `f32`: it keeps to the ends there, too.
    #[must_use]
    pub const fn in_f32(self) -> Self {
        match self {
            Self::Numbers { low, high, .. } => Self::Numbers { low, high, single: true },
            other => other,
        }
    }

    /// Whether a number is allowed.
    pub fn holds(&self, v: f64) -> bool {
        let within = |v: f64, (low, has_low): (f64, bool), (high, has_high): (f64, bool)| {
            v.is_finite() && (v > low || has_low && v == low) && (v < high || has_high && v == high)
        };
        match *self {
            Self::Numbers { low, high, single } => {
                let round = |(end, has): (f64, bool)| (f64::from(end as f32), has);
                within(v, low, high) && (!single || within(f64::from(v as f32), round(low), round(high)))
            }
            Self::Whole { low, high } => v.fract() == 0.0 && (low as f64..=high as f64).contains(&v),
            Self::Words(_) | Self::Told(_) => true,
        }
    }
}

/// As the end of "it must be ..".
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Numbers { low: (low, has_low), high: (high, has_high), single } => {
                let single = if single { ", in f32 too" } else { "" };
                let from = if has_low { ", at least" } else { " above" };
                let to = if has_high { "at most" } else { "below" };
                let (first, last) = (plain(low), plain(high));
                match (low.is_finite(), high.is_finite()) {
                    (false, false) => write!(f, "a finite number{single}"),
                    (true, false) => write!(f, "a finite number{from} {first}{single}"),
                    (false, true) => write!(f, "a finite number {to} {last}{single}"),
                    (true, true) if has_low && has_high => {
                        write!(f, "a number from {first} to {last}{single}")
                    }
                    (true, true) => write!(f, "a number{from} {first} and {to} {last}{single}"),
                }
            }
            Self::Whole { low, high } => {
                write!(f, "a whole number, {low} or above and at most {high}")
            }
            Self::Words(words) => match words {
                [] => f.write_str("nothing"),
                [word] => f.write_str(word),
                [words @ .., last] => write!(f, "{} or {last}", words.join(", ")),
            },
            Self::Told(words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_belong_or_do_not() {
        for (range, inside, outside) in [
            (Range::FINITE, vec![0.0, -1e300], vec![f64::NAN, f64::INFINITY]),
            (Range::FINITE.in_f32(), vec![3e38], vec![1e39, -1e39]),
            (Range::above(0.0), vec![1e-300], vec![0.0, -1.0, f64::INFINITY]),
            (Range::above(0.0).in_f32(), vec![1e-45, 3e38], vec![1e-60, 1e39]),
            (Range::at_least(1e-20).in_f32(), vec![1e-20], vec![9e-21, -1.0]),
            (Range::from_to(0.0, 1.0), vec![0.0, 1.0], vec![-1e-9, 1.1]),
            (Range::from_to_below(0.0, 1.0), vec![0.0, 0.999_999_999], vec![1.0]),
            (Range::above_to(0.0, 1.0), vec![1.0], vec![0.0]),
            (Range::between(0.0, 1.0), vec![0.5], vec![0.0, 1.0]),
            (Range::COUNT, vec![1.0, 1e12], vec![0.0, 1.5, -1.0, 1e13, f64::NAN]),
        ] {
            assert!(inside.iter().all(|&v| range.holds(v)), "{range:?}");
            assert!(outside.iter().all(|&v| !range.holds(v)), "{range:?}");
        }
    }

    #[test]
    fn ranges_are_told() {
        for (range, text) in [
            (Range::FINITE.in_f32(), "a finite number, in f32 too"),
            (Range::above(0.0), "a finite number above 0"),
            (Range::at_least(1e-20), "a finite number, at least 1e-20"),
            (Range::above_to(0.0, 1.0), "a number above 0 and at most 1"),
            (Range::from_to(0.0, 10.0), "a number from 0 to 10"),
            (Range::from_to_below(0.0, 1.0), "a number, at least 0 and below 1"),
            (Range::COUNT, "a whole number, 1 or above and at most 1000000000000"),
            (Range::Whole { low: 0, high: 256 }, "a whole number, 0 or above and at most 256"),
            (Range::Words(&["a", "b", "c"]), "a, b or c"),
            (Range::TRUE_OR_FALSE, "true or false"),
        ] {
            assert_eq!(range.to_string(), text);
        }
    }
}
