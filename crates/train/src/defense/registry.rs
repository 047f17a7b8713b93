//! The list of defences: adding one is one file and one word here.

use super::contract::{Defense, DefenseInfo, Hyperparameters};
use super::plan::Plan;
use super::{
    Clean, FgsmRsTraining, ForwAbs, FreeTraining, GradAlign, MartTraining, MixedTraining, NFgsm, PgdTraining,
    TradesTraining,
};
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, Threat};

/// Registers defences: the enum over all of them, and their table.
macro_rules! defenses {
    ($($Name:ident $word:literal),+ $(,)?) => {
        /// Any defence, as a recipe holds it: parsed from and printed as `name` or `name(key=value, ..)`.
        ///
        /// ```
        /// use sparring_train::{AnyDefense, defenses::PgdTraining};
        /// let defense: AnyDefense = "pgd(eps=0.2, steps=10)".parse()?;
        /// assert_eq!(defense, PgdTraining { steps: 10, step_size: 2.5 * 0.2 / 10.0, ..PgdTraining::new(0.2) }.into());
        /// assert_eq!(defense.to_string(), "pgd(eps=0.2, steps=10)");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(remote = "Self", tag = "method")]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyDefense {
            $(#[serde(rename = $word)] $Name($Name)),+
        }

        sparring_math::family! { AnyDefense: "defence"; $($Name),+ }
        sparring_math::value_by_text!(AnyDefense);
        sparring_math::text_or_fields!(AnyDefense);

        /// Name and facts of every defence.
        pub const DEFENSES: &[DefenseInfo] = &[$(DefenseInfo::of::<$Name>()),+];

        impl AnyDefense {
            /// The budget in [`norm`](Self::norm); `None` for clean examples.
            pub fn eps(&self) -> Option<f32> {
                match self { $(Self::$Name(defense) => defense.eps()),+ }
            }
            /// How the budget is measured.
            pub fn norm(&self) -> AnyNorm {
                match self { $(Self::$Name(defense) => defense.norm()),+ }
            }
            /// What the adversary of the training may do; `None` for clean examples.
            pub fn threat(&self) -> Option<Threat> {
                self.eps().map(|eps| Threat { norm: self.norm(), eps })
            }
            /// Fraction of the training over which the budget grows from 0 to [`eps`](Self::eps).
            pub fn warm_up(&self) -> f64 {
                match self { $(Self::$Name(defense) => defense.warm_up()),+ }
            }
            /// What the step does that ends at `progress` of the training, in (0, 1].
            pub fn plan(&self, progress: f64) -> Plan {
                match self { $(Self::$Name(defense) => defense.plan(progress)),+ }
            }
            /// How to train with it.
            pub fn hyperparameters(&self) -> Hyperparameters {
                match self { $(Self::$Name(defense) => defense.hyperparameters()),+ }
            }
        }
    };
}

defenses! {
    Clean "none",
    FgsmRsTraining "fgsm-rs",
    NFgsm "n-fgsm",
    ForwAbs "forw-abs",
    GradAlign "grad-align",
    FreeTraining "free",
    PgdTraining "pgd",
    MixedTraining "mixed",
    TradesTraining "trades",
    MartTraining "mart",
}

/// Clean examples.
impl Default for AnyDefense {
    fn default() -> Self {
        Self::Clean(Clean {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defense::plan::{ExampleSource, Outputs};
    use sparring_math::named::Family;

    #[test]
    fn every_plan_is_one_that_the_loop_runs() {
        let usual = AnyDefense::TABLE.at_defaults();
        let growing = |usual: &AnyDefense| format!("{}(warm_up=0.4)", usual.name()).parse::<AnyDefense>();
        let grown: Vec<AnyDefense> = usual.iter().filter_map(|d| growing(d).ok()).collect();
        assert_eq!(grown.len(), usual.len() - 1, "the budget of every attack can grow");
        for defense in usual.into_iter().chain(grown) {
            for progress in [1e-9, 0.1, 0.5, 1.0] {
                let plan = defense.plan(progress);
                assert!((1..100).contains(&plan.passes), "{defense}: {plan:?}");
                let paired = matches!(plan.outputs, Outputs::Paired(_));
                // Pairs are made by an attack, as what a penalty stands beside; what is carried is so from the first step to the last.
                assert!(
                    !(paired || plan.penalty.is_some()) || matches!(plan.examples, ExampleSource::Attack(..)),
                    "{defense}: {plan:?}"
                );
                let carries = |plan: &Plan| matches!(plan.examples, ExampleSource::Carried { .. });
                assert_eq!(carries(&plan), carries(&defense.plan(1.0)), "{defense}: {plan:?}");
                let threat = plan.examples.threat();
                assert_eq!(threat.is_some(), defense.eps().is_some(), "{defense} at {progress}");
                let eps = threat.map_or(0.0, |threat| threat.eps);
                let share = if progress < defense.warm_up() { progress / defense.warm_up() } else { 1.0 };
                let want = share as f32 * defense.eps().unwrap_or(0.0);
                assert_eq!(eps, want, "{defense} at {progress}");
            }
        }
    }
}
