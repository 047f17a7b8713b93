//! The list of rules: adding one is one file and one word here.

use crate::{Adam, AdamW, OptimError, Rule, Sgd};
use sparring_math::Real;
use sparring_math::grammar::{self, Call, Fields};

/// Name and facts of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Paper.
    pub source: &'static str,
    /// Learning rate at the default parameters where none is given: what an MLP learns well with (measured, see the README).
    pub default_lr: f64,
}

/// Registers rules: the enum over all of them is a [`Rule`] itself.
macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        /// Any rule, with its parameters; what a configuration holds.
        ///
        /// Parses from `name` or `name(key=value, ..)`, what is not given keeping its default, and prints what it parses from:
        /// `adam`, `sgd(momentum=0.9, nesterov=true)`.
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

            /// Names and places of the parameters.
            fn fields(&mut self) -> Fields<'_> {
                match self { $(Self::$rule(rule) => rule.fields()),+ }
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
    /// Learning rate where none is given: that of the [`info`](Self::info), for `sgd` times (1 - momentum) / (1 - dampening), so that a step
    /// is as long in the end, but never more than without either: the first gradient enters the buffer whole.
    pub fn default_lr(&self) -> f64 {
        match self {
            Self::Sgd(sgd) => Sgd::INFO.default_lr * ((1.0 - sgd.momentum) / (1.0 - sgd.dampening)).min(1.0),
            _ => self.info().default_lr,
        }
    }
}

impl Default for AnyRule {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

impl std::fmt::Display for AnyRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mut rule, name) = (*self, self.info().name);
        let default = Self::all().into_iter().find(|r| r.info().name == name);
        f.pad(&grammar::write(name, &rule.fields(), &default.unwrap_or(*self).fields()))
    }
}

impl std::str::FromStr for AnyRule {
    type Err = OptimError;

    fn from_str(text: &str) -> Result<Self, OptimError> {
        let wrong = |why| OptimError::Syntax { kind: "rule", text: text.to_owned(), why };
        let call = Call::parse(text).map_err(wrong)?;
        let Some(mut rule) = Self::all().into_iter().find(|r| call.names(r.info().name)) else {
            return Err(OptimError::UnknownName {
                kind: "rule",
                asked: call.name.to_owned(),
                known: ALL.iter().map(|i| i.name).collect::<Vec<_>>().join(", "),
            });
        };
        call.assign(rule.fields()).map_err(wrong)?;
        rule.validate()?;
        Ok(rule)
    }
}
