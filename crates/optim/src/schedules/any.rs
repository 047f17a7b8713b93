//! Any schedule, as a configuration holds it.

use super::piecewise::ONE_CYCLE_TOP;
use super::{Constant, Cosine, Piecewise, Schedule, Step};
use crate::OptimError;
use crate::error::require;
use sparring_math::grammar::{self, Call};
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
/// Parses from `name` or `name(key=value, ..)` for the names of [`SCHEDULES`], what is not given keeping its default, or from
/// `piecewise(0=0, 0.4=1, 1=0)`, and prints what it parses from.
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
        let text = match self.clone() {
            Self::Constant(_) => "constant".to_owned(),
            Self::Step(mut s) => grammar::write("step", &s.fields(), &Step::default().fields()),
            Self::Piecewise(s) if s == Piecewise::default() => "one-cycle".to_owned(),
            Self::Piecewise(s) => s.to_string(),
            Self::Cosine(mut s) => grammar::write("cosine", &s.fields(), &Cosine::default().fields()),
        };
        f.pad(&text)
    }
}

impl FromStr for AnySchedule {
    type Err = OptimError;

    fn from_str(text: &str) -> Result<Self, OptimError> {
        if text.trim_start().starts_with("piecewise:") {
            return text.trim().parse().map(Self::Piecewise);
        }
        let wrong = |why| OptimError::Syntax { kind: "schedule", text: text.to_owned(), why };
        let call = Call::parse(text).map_err(wrong)?;
        let (mut step, mut cosine, mut top) = (Step::default(), Cosine::default(), ONE_CYCLE_TOP);
        let schedule = if call.names("constant") {
            call.assign(Vec::new()).map_err(wrong)?;
            Self::Constant(Constant {})
        } else if call.names("step") {
            call.assign(step.fields()).map_err(wrong)?;
            Self::Step(step)
        } else if call.names("cosine") {
            call.assign(cosine.fields()).map_err(wrong)?;
            Self::Cosine(cosine)
        } else if call.names("one-cycle") {
            call.assign(vec![("top", &mut top)]).map_err(wrong)?;
            require(top > 0.0 && top < 1.0, "one-cycle.top", top, "in (0, 1)")?;
            Self::Piecewise(Piecewise::one_cycle(top))
        } else if call.names("piecewise") {
            Self::Piecewise(Piecewise::of_points(&call.arguments)?)
        } else {
            return Err(OptimError::UnknownName {
                kind: "schedule",
                asked: call.name.to_owned(),
                known: SCHEDULES.iter().map(|s| s.name).collect::<Vec<_>>().join(", "),
            });
        };
        schedule.validate()?;
        Ok(schedule)
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
        for text in [
            "piecewise(0=1, 1=0.5)",
            "cosine(warmup=0.1)",
            "cosine(warmup=0.1, floor=0.01)",
            "step(gamma=0.5, every=0.1)",
            "one-cycle",
        ] {
            assert_eq!(text.parse::<AnySchedule>().unwrap().to_string(), text);
        }
        // Written until version 0.1, other spellings, places instead of keys.
        for (text, same) in [
            ("piecewise:0=1,1=0.5", "piecewise(0=1, 1=0.5)"),
            ("One_Cycle(top=0.4)", "one-cycle"),
            ("onecycle(0.3,)", "piecewise(0=0, 0.3=1, 1=0)"),
            ("step(0.5)", "step(gamma=0.5)"),
        ] {
            assert_eq!(text.parse::<AnySchedule>().unwrap().to_string(), same);
        }
        for (text, why) in [
            ("cosine(warmup=1)", "cosine.warmup is 1, but must be in [0, 1)"),
            ("cosine(gamma=1)", "has the parameters: warmup, floor; write it like `cosine(warmup=0.1)`"),
            ("constant(1)", "constant has no parameters"),
            ("one-cycle(top=1)", "one-cycle.top is 1"),
            ("step(gamma=0.5", "parenthesis"),
            ("piecewise(0=0, 1)", "`1` is no point"),
        ] {
            let e = text.parse::<AnySchedule>().unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
    }
}
