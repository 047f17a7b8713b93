//! Straight lines between points.

use super::contract::{after, before};
use super::{OneCycle, Schedule, ScheduleInfo};
use sparring_math::grammar::Call;
use sparring_math::named::{Named, NamedError};

/// Straight lines between points `(progress, factor)`; flat before the first and after the last.
///
/// Steps count themselves (progress `step / steps`), as in the code of Wong et al. 2020: a curve that rises from 0 loses
/// no step at rate 0. A step that would end at factor 0, the last one of a cycle, has the factor of its middle, so that it is
/// not lost either and a training of a single step learns.
///
/// Source: Smith 2017, arXiv:1708.07120 (one cycle); Wong, Rice, Kolter 2020, arXiv:2001.03994.
///
/// ```
/// use sparring_optim::{AnySchedule, Piecewise, Schedule};
/// let s = Piecewise::one_cycle(0.4);
/// assert_eq!(s.lr(5e-3, 40, 100), 5e-3);
/// assert!((s.lr(5e-3, 100, 100) - 5e-3 * 0.005 / 0.6).abs() < 1e-15);
/// assert_eq!("piecewise(0=0, 0.4=1, 1=0)".parse::<AnySchedule>()?, s.into());
/// # Ok::<(), sparring_optim::OptimError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Piecewise {
    /// Progress in [0, 1], strictly increasing, and factor >= 0.
    pub points: Vec<(f64, f64)>,
}

impl From<OneCycle> for Piecewise {
    fn from(cycle: OneCycle) -> Self {
        Self::one_cycle(cycle.top)
    }
}

/// One cycle with its top at 0.4.
impl Default for Piecewise {
    fn default() -> Self {
        OneCycle::default().into()
    }
}

sparring_math::named! {
    Piecewise: "piecewise", [], "Smith 2017, arXiv:1708.07120";
    {
        /// The arguments are points, `progress=factor`; without any it is the default.
        fn read(call: &Call<'_>) -> Result<Self, NamedError> {
            if call.arguments.is_empty() {
                return Ok(Self::default());
            }
            let point = |&(t, factor): &(Option<&str>, &str)| {
                let read = || Some((t?.parse().ok()?, factor.parse().ok()?));
                let text = t.map_or(factor.to_owned(), |t| format!("{t}={factor}"));
                read().ok_or_else(|| refused(format!("`{text}` is no point")))
            };
            let schedule = Self { points: call.arguments.iter().map(point).collect::<Result<_, _>>()? };
            Named::validate(&schedule)?;
            Ok(schedule)
        }
        /// A cycle goes by the name of a cycle.
        fn write(&self) -> String {
            if let [_, (top, _), _] = self.points[..]
                && *self == Self::one_cycle(top)
            {
                return OneCycle { top }.write();
            }
            let points: Vec<String> = self.points.iter().map(|(t, factor)| format!("{t}={factor}")).collect();
            format!("{}({})", Self::NAME, points.join(", "))
        }
        fn check_together(&self) -> Result<(), NamedError> {
            let fail = |why: String| Err(refused(why));
            if self.points.is_empty() {
                return fail("it has no points".into());
            }
            for &(t, factor) in &self.points {
                if !(0.0..=1.0).contains(&t) {
                    return fail(format!("progress {t} is not in [0, 1]"));
                }
                if !(0.0..=f64::from(f32::MAX)).contains(&factor) {
                    return fail(format!("factor {factor} is not 0 or above and in the range of f32"));
                }
            }
            if self.points.iter().all(|p| p.1 == 0.0) {
                return fail("every factor is 0, so nothing would be learnt".into());
            }
            match self.points.windows(2).find(|p| p[0].0 >= p[1].0) {
                Some(p) => fail(format!("progress {} does not come after {}", p[1].0, p[0].0)),
                None => Ok(()),
            }
        }
    }
}

/// What is wrong with the points, and how they are written.
fn refused(why: String) -> NamedError {
    let why = format!("{why}; write them like `piecewise(0=0, 0.4=1, 1=0)` (progress=factor)");
    NamedError::Inner { thing: Piecewise::NAME, parameter: "points", why }
}

impl Piecewise {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "straight lines between points progress=factor, as in piecewise(0=0, 0.4=1, 1=0)",
    };

    /// A triangle: from 0 up to the base rate at progress `warm` (in (0, 1)), down to 0 at the end.
    pub fn one_cycle(warm: f64) -> Self {
        Self { points: vec![(0.0, 0.0), (warm, 1.0), (1.0, 0.0)] }
    }

    /// Checks the points.
    ///
    /// # Errors
    /// [`NamedError::Inner`] says what is wrong.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl Schedule for Piecewise {
    fn factor(&self, t: f64) -> f64 {
        let next = self.points.iter().position(|&(at, _)| at >= t);
        match next {
            Some(0) => self.points[0].1,
            Some(i) => {
                let ((t0, f0), (t1, f1)) = (self.points[i - 1], self.points[i]);
                let along = (t - t0) / (t1 - t0);
                f0 * (1.0 - along) + f1 * along
            }
            // No points at all: nothing is said, nothing is changed.
            None => self.points.last().map_or(1.0, |p| p.1),
        }
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        let (start, end) = (before(step, steps), after(step, steps));
        let factor = self.factor(end);
        base * if factor > 0.0 { factor } else { self.factor(0.5 * (start + end)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_points() {
        let s = Piecewise { points: vec![(0.2, 1.0), (0.4, 3.0), (0.8, 0.0)] };
        for (t, want) in [(-1.0, 1.0), (0.2, 1.0), (0.3, 2.0), (0.4, 3.0), (0.6, 1.5), (0.8, 0.0), (7.0, 0.0)]
        {
            assert!((s.factor(t) - want).abs() < 1e-12, "{t}");
        }
    }

    #[test]
    fn one_cycle_never_stands_still() {
        let s = Piecewise::one_cycle(0.4);
        assert!((1..=100).all(|step| s.lr(1.0, step, 100) > 0.0));
        assert!((s.lr(1.0, 1, 100) - 0.025).abs() < 1e-12);
    }

    #[test]
    fn text_goes_both_ways_and_errors_say_why() {
        let read = |text: &str| Piecewise::read(&Call::parse(text).unwrap());
        for points in [vec![(0.0, 0.5), (0.25, 1.0), (1.0, 1e-3)], vec![(0.0, 0.0), (0.5, 1.0), (1.0, 0.1)]] {
            let s = Piecewise { points };
            assert_eq!(read(&s.write()), Ok(s));
        }
        assert_eq!(Piecewise::one_cycle(0.3).write(), "one-cycle(top=0.3)");
        for (text, why) in [
            ("piecewise(0=0, x=1)", "`x=1` is no point"),
            ("piecewise(0=0,0.5=1,0.5=2)", "progress 0.5 does not come after 0.5"),
            ("piecewise(0=0,1.5=1)", "progress 1.5 is not in [0, 1]"),
            ("piecewise(0=-1)", "factor -1 is not 0 or above"),
            ("piecewise(0=NaN)", "factor NaN is not 0 or above"),
        ] {
            let e = read(text).unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
        assert!(Piecewise { points: vec![] }.validate().unwrap_err().to_string().contains("no points"));
    }
}
