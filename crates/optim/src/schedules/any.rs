//! Any schedule, as a configuration holds it.

use super::{Constant, Cosine, Piecewise, Schedule, Step};
use crate::OptimError;
use std::fmt;
use std::str::FromStr;

/// Name and facts of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
}

/// Name and facts of every schedule that has a name.
pub const SCHEDULES: &[ScheduleInfo] = &[
    ScheduleInfo { name: "constant", about: "the base learning rate throughout" },
    ScheduleInfo { name: "step", about: "a tenth of the rate after each third of the training" },
    ScheduleInfo { name: "one-cycle", about: "up from 0 over the first 40 %, down to 0 at the end" },
    ScheduleInfo { name: "cosine", about: "half a cosine down to 0" },
];

/// Any schedule, with its parameters.
///
/// Parses from a name of [`SCHEDULES`] to its default parameters, or from `piecewise:0=0,0.4=1,1=0`. Prints what it
/// parses from; parameters other than the defaults of `step` and `cosine` are kept by serde, not by the text.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum AnySchedule {
    /// No change.
    Constant(Constant),
    /// Steps down.
    Step(Step),
    /// Straight lines; `one-cycle` is one of them.
    Piecewise(Piecewise),
    /// Half a cosine, after a warm-up.
    Cosine(Cosine),
}

impl AnySchedule {
    /// Checks every parameter.
    ///
    /// # Errors
    /// [`OptimError`] names the first field that is out of its range.
    pub fn validate(&self) -> Result<(), OptimError> {
        match self {
            Self::Constant(_) => Ok(()),
            Self::Step(s) => s.validate(),
            Self::Piecewise(s) => s.validate(),
            Self::Cosine(s) => s.validate(),
        }
    }

    fn inner(&self) -> &dyn Schedule {
        match self {
            Self::Constant(s) => s,
            Self::Step(s) => s,
            Self::Piecewise(s) => s,
            Self::Cosine(s) => s,
        }
    }
}

impl Default for AnySchedule {
    fn default() -> Self {
        Self::Constant(Constant {})
    }
}

impl Schedule for AnySchedule {
    fn factor(&self, t: f64) -> f64 {
        self.inner().factor(t)
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        self.inner().lr(base, step, steps)
    }
}

impl fmt::Display for AnySchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(_) => f.pad("constant"),
            Self::Step(_) => f.pad("step"),
            Self::Piecewise(s) if *s == Piecewise::default() => f.pad("one-cycle"),
            Self::Piecewise(s) => s.fmt(f),
            Self::Cosine(_) => f.pad("cosine"),
        }
    }
}

impl FromStr for AnySchedule {
    type Err = OptimError;

    fn from_str(text: &str) -> Result<Self, OptimError> {
        match text {
            "constant" => Ok(Self::Constant(Constant {})),
            "step" => Ok(Self::Step(Step::default())),
            "one-cycle" => Ok(Self::Piecewise(Piecewise::default())),
            "cosine" => Ok(Self::Cosine(Cosine::default())),
            _ if text.starts_with("piecewise:") => text.parse().map(Self::Piecewise),
            _ => Err(OptimError::UnknownName {
                kind: "schedule",
                asked: text.to_owned(),
                known: SCHEDULES.iter().map(|s| s.name).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_and_prints() {
        for info in SCHEDULES {
            let schedule: AnySchedule = info.name.parse().unwrap();
            assert_eq!(schedule.to_string(), info.name);
            assert!(schedule.validate().is_ok());
            for step in 0..=120 {
                let lr = schedule.lr(0.1, step, 100);
                assert!((0.0..=0.1 + 1e-15).contains(&lr), "{schedule} {step}: {lr}");
            }
            assert!(schedule.lr(0.1, 1, 0).is_finite());
        }
        let e = "linear".parse::<AnySchedule>().unwrap_err().to_string();
        assert_eq!(e, "no schedule is called `linear`; choose one of: constant, step, one-cycle, cosine");
        let text = "piecewise:0=1,1=0.5";
        assert_eq!(text.parse::<AnySchedule>().unwrap().to_string(), text);
    }
}
