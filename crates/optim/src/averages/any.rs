//! The list of averages: adding one is one file and one word here.

use super::{Ema, Swa};

/// Any average of the weights, with its parameters: parsed from and printed as `name` or `name(key=value, ..)`.
///
/// ```
/// use sparring_optim::{AnyAverage, Swa};
/// let swa: AnyAverage = "swa(start=0.5)".parse()?;
/// assert_eq!(swa, Swa { start: 0.5, ..Swa::default() }.into());
/// assert_eq!(swa.decay(6, 10), Some(0.0));
/// # Ok::<(), sparring_optim::OptimError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", rename_all = "lowercase"))]
#[allow(missing_docs)] // the variants are the structs of the same names
#[non_exhaustive]
pub enum AnyAverage {
    Ema(Ema),
    Swa(Swa),
}

sparring_math::family! { AnyAverage: "average"; Ema, Swa }
#[cfg(feature = "serde")]
sparring_math::text_or_fields!(AnyAverage);

/// What each average is, in one line, in the order of the table.
pub const AVERAGES: &[&str] = &[
    "exponential: the weights of a step count half as much after a fraction of the training",
    "the mean over the last steps, alike",
];

impl AnyAverage {
    /// Whether it begins at the first weights, before any step.
    pub fn begins_at_once(&self) -> bool {
        matches!(self, Self::Ema(_))
    }
    /// Whether there is an average after `step` of `steps`.
    pub fn has_begun(&self, step: u64, steps: u64) -> bool {
        match self {
            Self::Ema(_) => true,
            Self::Swa(swa) => step >= swa.first(steps),
        }
    }
    /// What is kept of the average when the weights after `step` of `steps` join it; `None` where they do not.
    pub fn decay(&self, step: u64, steps: u64) -> Option<f64> {
        match self {
            Self::Ema(ema) => Some(ema.decay(steps)),
            Self::Swa(swa) => swa.decay(step, steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_math::named::Family as _;

    #[test]
    fn every_name_parses_and_prints() {
        for (text, default) in ["ema", "swa"].iter().zip(AnyAverage::TABLE.at_defaults()) {
            assert_eq!(text.parse::<AnyAverage>(), Ok(default));
            assert_eq!(default.to_string(), *text);
        }
        assert_eq!(AVERAGES.len(), AnyAverage::TABLE.entries.len());
        for (text, why) in [
            ("swa(start=1)", "swa.start is 1, but must be a number, at least 0 and below 1"),
            ("swa(every=0)", "swa.every is 0"),
            ("ema(half_life=2)", "ema.half_life is 2"),
            ("sma", "no average is called `sma`"),
        ] {
            let e = text.parse::<AnyAverage>().unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
        assert_eq!(AnyAverage::from(Ema::default()).decay(7, 1000), Some(Ema::default().decay(1000)));
    }
}
