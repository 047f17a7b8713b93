//! The enum over all schedules; the list is in `mod.rs`.

use super::{AnySchedule, Constant, OneCycle, Plateau, Schedule};

/// Registers schedules: the enum over all of them is a [`Schedule`] itself. After `also`: names for values of the others.
macro_rules! schedules {
    ($($Name:ident $tag:literal),+; also $($Other:ident),+) => {
        /// Name and facts of every schedule.
        pub const SCHEDULES: &[$crate::ScheduleInfo] = &[$($Name::INFO),+, $($Other::INFO),+];

        /// Any schedule, with its parameters.
        ///
        /// Parses from `name` or `name(key=value, ..)` for the names of [`SCHEDULES`], what is not given keeping its default, and prints what it
        /// parses from: `cosine(warmup=0.1)`, `piecewise(0=0, 0.5=1, 1=0.1)`.
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(remote = "Self"))]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnySchedule { $(
            // In files as in texts.
            #[cfg_attr(feature = "serde", serde(rename = $tag))]
            $Name($Name)
        ),+ }

        sparring_math::family! { AnySchedule: "schedule"; $($Name),+; also $($Other),+ }
        sparring_math::value_by_text!(AnySchedule);
        #[cfg(feature = "serde")]
        sparring_math::text_or_fields!(AnySchedule);

        impl AnySchedule {
            pub(super) fn inner(&self) -> &dyn Schedule {
                match self { $(Self::$Name(schedule) => schedule),+ }
            }
        }
    };
}

pub(super) use schedules;

impl From<OneCycle> for AnySchedule {
    fn from(cycle: OneCycle) -> Self {
        Self::Piecewise(cycle.into())
    }
}

impl Default for AnySchedule {
    fn default() -> Self {
        Self::Constant(Constant {})
    }
}

impl AnySchedule {
    /// The schedule whose rate depends on the figures of the epochs, if it is that.
    pub fn plateau(&self) -> Option<&Plateau> {
        match self {
            Self::Plateau(plateau) => Some(plateau),
            _ => None,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SCHEDULES;

    #[test]
    fn every_name_parses_and_prints() {
        for info in SCHEDULES {
            let schedule: AnySchedule = info.name.parse().unwrap();
            let written = if info.name == "piecewise" { "one-cycle" } else { info.name };
            assert_eq!(schedule.to_string(), written);
            assert!(schedule.validate().is_ok());
            for step in 0..=120 {
                let lr = schedule.lr(0.1, step, 100);
                assert!((0.0..=0.1 + 1e-15).contains(&lr), "{schedule} {step}: {lr}");
            }
            assert!(schedule.lr(0.1, 1, 0).is_finite());
        }
        let e = "consine".parse::<AnySchedule>().unwrap_err().to_string();
        assert!(
            e.starts_with("no schedule is called `consine` (did you mean `cosine`?); choose one of: "),
            "{e}"
        );
        for text in [
            "piecewise(0=1, 1=0.5)",
            "cosine(warmup=0.1)",
            "cosine(warmup=0.1, floor=0.01)",
            "step(gamma=0.5, every=0.1)",
            "one-cycle",
            "one-cycle(top=0.3)",
        ] {
            assert_eq!(text.parse::<AnySchedule>().unwrap().to_string(), text);
        }
        // Other spellings, places instead of keys, fractions.
        for (text, same) in [
            ("One_Cycle(top=0.4)", "one-cycle"),
            ("onecycle(0.3,)", "one-cycle(top=0.3)"),
            ("piecewise(0=0, 0.3=1, 1=0)", "one-cycle(top=0.3)"),
            ("step(0.5)", "step(gamma=0.5)"),
            ("step(every=1/4)", "step(every=0.25)"),
        ] {
            assert_eq!(text.parse::<AnySchedule>().unwrap().to_string(), same);
        }
        for (text, why) in [
            ("cosine(warmup=1)", "cosine.warmup is 1, but must be a number, at least 0 and below 1"),
            ("cosine(gamma=1)", "cosine has no parameter `gamma`; it has: warmup, floor"),
            ("constant(1)", "constant has no parameter `1`; it has none"),
            ("one-cycle(top=1)", "one-cycle.top is 1"),
            ("step(gamma=0.5", "parenthesis"),
            ("piecewise(0=0, 1)", "`1` is no point"),
            ("plateau(factor=1)", "plateau.factor is 1"),
            ("sequence(0.1=linear, 1=plateau)", "plateau stands alone"),
        ] {
            let e = text.parse::<AnySchedule>().unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
    }
}
