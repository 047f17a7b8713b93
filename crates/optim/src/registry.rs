//! The list of rules: adding one is one file and one word here.

use crate::contract::{Needs, RuleInfo, WholeTensor};
use crate::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Adan, AmsGrad, Asgd, Lamb, Lion, Muon, NAdam, OptimisticAdam,
    RAdam, RmsProp, Rprop, Rule, Sgd,
};
use sparring_math::Real;

/// Registers rules: the enum over all of them is a [`Rule`] itself.
macro_rules! rules {
    ($($rule:ident $tag:literal),+ $(,)?) => {
        /// Any rule, with its parameters; what a configuration holds.
        ///
        /// Parses from `name` or `name(key=value, ..)`, what is not given keeping its default, and prints what it parses from:
        /// `adam`, `sgd(momentum=0.9, nesterov=true)`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(remote = "Self"))]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyRule { $(
            // In files as in texts.
            #[cfg_attr(feature = "serde", serde(rename = $tag))]
            $rule($rule)
        ),+ }

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
        }

        impl<E: Real> Rule<E> for AnyRule {
            fn slots(&self) -> usize {
                match self { $(Self::$rule(rule) => Rule::<E>::slots(rule)),+ }
            }

            fn needs(&self) -> Needs {
                match self { $(Self::$rule(rule) => Rule::<E>::needs(rule)),+ }
            }

            #[track_caller]
            fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
                match self { $(Self::$rule(rule) => rule.update(step, lr, w, g, slots)),+ }
            }

            #[track_caller]
            fn update_tensor(
                &self,
                of: WholeTensor<'_, E>,
                step: u64,
                lr: E,
                w: &mut [E],
                g: &[E],
                slots: &mut [&mut [E]],
            ) {
                match self { $(Self::$rule(rule) => rule.update_tensor(of, step, lr, w, g, slots)),+ }
            }
        }

        sparring_math::family! { AnyRule: "rule"; $($rule),+ }
        sparring_math::value_by_text!(AnyRule);
        #[cfg(feature = "serde")]
        sparring_math::text_or_fields!(AnyRule);
    };
}

rules!(
    Sgd "sgd",
    Adam "adam",
    AdamW "adamw",
    AmsGrad "amsgrad",
    Adamax "adamax",
    NAdam "nadam",
    RAdam "radam",
    RmsProp "rmsprop",
    Adagrad "adagrad",
    Adadelta "adadelta",
    Rprop "rprop",
    Asgd "asgd",
    Lion "lion",
    Adan "adan",
    OptimisticAdam "optimistic-adam",
    Lamb "lamb",
    Muon "muon",
);

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
