//! Schedules one after the other.

use super::{AnySchedule, Schedule, ScheduleInfo};
use sparring_math::grammar::Call;
use sparring_math::named::{Named, NamedError};

/// Schedules one after the other, each over a stretch of its own: `(end of the stretch, schedule)`, the last end being 1.
///
/// Each sees its stretch as a whole training. PyTorch's `SequentialLR` with `milestones = ends · all steps`, rounded to whole steps.
///
/// ```
/// use sparring_optim::{AnySchedule, Schedule};
/// let s: AnySchedule = "sequence(0.1=linear(start=0.2), 1=cosine)".parse()?;
/// let rate = |step| s.lr(1.0, step, 50);
/// assert!((rate(1) - 0.2).abs() < 1e-12 && (rate(5) - 0.84).abs() < 1e-12 && rate(6) == 1.0);
/// # Ok::<(), sparring_optim::OptimError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Sequence {
    /// Progress at which a stretch ends, strictly increasing up to 1, and what holds up to there.
    pub stretches: Vec<(f64, AnySchedule)>,
}

/// A linear warm-up over the first tenth, then a cosine.
impl Default for Sequence {
    fn default() -> Self {
        let warm_up = super::LinearRamp { start: 0.1, end: 1.0 };
        Self { stretches: vec![(0.1, warm_up.into()), (1.0, super::Cosine::default().into())] }
    }
}

sparring_math::named! {
    Sequence: "sequence", ["sequential"], "PyTorch, torch.optim.lr_scheduler.SequentialLR";
    {
        /// The arguments are stretches, `end=schedule`; without any it is the default.
        fn read(call: &Call<'_>) -> Result<Self, NamedError> {
            if call.arguments.is_empty() {
                return Ok(Self::default());
            }
            let stretch = |&(end, schedule): &(Option<&str>, &str)| {
                let text = || end.map_or(schedule.to_owned(), |end| format!("{end}={schedule}"));
                let end = end.and_then(|end| end.parse().ok());
                let end = end.ok_or_else(|| refused(format!("`{}` is no stretch", text())))?;
                Ok((end, schedule.parse()?))
            };
            let made = Self { stretches: call.arguments.iter().map(stretch).collect::<Result<_, NamedError>>()? };
            Named::validate(&made)?;
            Ok(made)
        }
        fn write(&self) -> String {
            if *self == Self::default() {
                return Self::NAME.into();
            }
            let all: Vec<String> = self.stretches.iter().map(|(end, of)| format!("{end}={of}")).collect();
            format!("{}({})", Self::NAME, all.join(", "))
        }
        fn check_together(&self) -> Result<(), NamedError> {
            let ends = || self.stretches.iter().map(|s| s.0);
            if let Some(end) = ends().find(|end| !(*end > 0.0 && *end <= 1.0)) {
                return Err(refused(format!("end {end} is not above 0 and at most 1")));
            }
            if ends().zip(ends().skip(1)).any(|(a, b)| a >= b) || ends().next_back() != Some(1.0) {
                return Err(refused("the ends do not rise to 1".into()));
            }
            if self.stretches.iter().any(|(_, of)| of.plateau().is_some()) {
                return Err(refused("plateau stands alone, as its rate is no function of the progress".into()));
            }
            self.stretches.iter().try_for_each(|(_, of)| of.validate())
        }
    }
}

/// What is wrong with the stretches, and how they are written.
fn refused(why: String) -> NamedError {
    let why = format!("{why}; write them like `sequence(0.1=linear, 1=cosine)` (end=schedule)");
    NamedError::Inner { thing: Sequence::NAME, parameter: "stretches", why }
}

impl Sequence {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "schedules one after the other, end=schedule, as in sequence(0.1=linear, 1=cosine)",
    };
}

impl Schedule for Sequence {
    fn factor(&self, t: f64) -> f64 {
        let mut from = 0.0;
        for (end, of) in &self.stretches {
            if t < *end || *end >= 1.0 {
                return of.factor((t - from) / (end - from));
            }
            from = *end;
        }
        1.0
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        let mut from = 0;
        for (end, of) in &self.stretches {
            let to = if *end >= 1.0 { steps.max(1) } else { (end * steps as f64).round() as u64 };
            if step <= to || *end >= 1.0 {
                return of.lr(base, step.max(1).saturating_sub(from), to.saturating_sub(from));
            }
            from = to;
        }
        base
    }
}
