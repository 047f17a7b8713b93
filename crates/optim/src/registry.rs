//! The list of rules: adding one is one file and one word here.

use crate::{Adam, AdamW, OptimError, Rule, Sgd};
use sparring_math::Real;

/// Name and facts of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Paper.
    pub source: &'static str,
    /// PyTorch's default learning rate.
    pub default_lr: f64,
}

/// Registers rules: the enum over all of them is a [`Rule`] itself.
macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        /// Any rule, with its parameters; what a configuration holds.
        ///
        /// Parses from a name (`adam`) to the rule with its default parameters, and prints its name.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyRule { $($rule($rule)),+ }

        /// Name and facts of every rule.
        pub const ALL: &[RuleInfo] = &[$($rule::INFO),+];

        impl AnyRule {
            /// Every rule with its default parameters.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$rule($rule::default())),+]
            }

            /// Name and facts.
            pub const fn info(&self) -> &'static RuleInfo {
                match self { $(Self::$rule(_) => &$rule::INFO),+ }
            }

            /// The same rule without weight decay, for parameters that must not shrink (a learnt slope, say).
            #[must_use]
            pub const fn without_decay(self) -> Self {
                match self { $(Self::$rule(rule) => Self::$rule($rule { weight_decay: 0.0, ..rule })),+ }
            }

            /// State slots a parameter needs; the same in both precisions.
            pub fn slots(&self) -> usize {
                match self { $(Self::$rule(rule) => Rule::<f64>::slots(rule)),+ }
            }

            /// Checks every parameter.
            ///
            /// # Errors
            /// [`OptimError::Parameter`] names the first field that is out of its range.
            pub fn validate(&self) -> Result<(), OptimError> {
                match self { $(Self::$rule(rule) => rule.validate()),+ }
            }
        }

        impl<E: Real> Rule<E> for AnyRule {
            fn slots(&self) -> usize {
                match self { $(Self::$rule(rule) => Rule::<E>::slots(rule)),+ }
            }

            #[track_caller]
            fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
                match self { $(Self::$rule(rule) => rule.update(step, lr, w, g, slots)),+ }
            }
        }

        $(
            impl From<$rule> for AnyRule {
                fn from(rule: $rule) -> Self {
                    Self::$rule(rule)
                }
            }
        )+
    };
}

rules!(Sgd, Adam, AdamW);

impl AnyRule {
    /// PyTorch's default learning rate.
    pub const fn default_lr(&self) -> f64 {
        self.info().default_lr
    }
}

impl Default for AnyRule {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

impl std::fmt::Display for AnyRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.info().name)
    }
}

impl std::str::FromStr for AnyRule {
    type Err = OptimError;

    fn from_str(name: &str) -> Result<Self, OptimError> {
        Self::all().into_iter().find(|r| r.info().name == name).ok_or_else(|| OptimError::UnknownName {
            kind: "rule",
            asked: name.to_owned(),
            known: ALL.iter().map(|i| i.name).collect::<Vec<_>>().join(", "),
        })
    }
}
