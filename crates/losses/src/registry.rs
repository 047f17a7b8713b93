//! The list of losses: adding one is one file and one word here.

use crate::{
    BceWithLogits, CrossEntropy, Dlr, LogOdds, LossError, LossInfo, Margin, Minimax, Mse, NonSaturating,
    RowLoss, Side, TargetedDlr,
};
use sparring_math::Real;
use sparring_math::named::Named;

/// A family of losses by name.
macro_rules! by_name {
    ($any:ident { $($loss:ident),+ }) => {
        sparring_math::family! { $any: "loss", units; $($loss),+ }
        sparring_math::value_by_text!($any);

        impl $any {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$loss),+];
            /// Their names.
            pub const NAMES: &'static [&'static str] = &[$(<$loss as Named>::NAME),+];

            /// Name and facts.
            pub const fn info(self) -> &'static LossInfo {
                match self { $(Self::$loss => &$loss::INFO),+ }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $any {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.name())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $any {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Registers losses by family: each family becomes an enum that is a [`RowLoss`] itself; its first loss is the default.
macro_rules! losses {
    ($($(#[$doc:meta])* $any:ident<$e:ident>($target:ty) { $first:ident $(, $loss:ident)* $(,)? })+) => {
        $(
            $(#[$doc])*
            ///
            /// Each variant is the loss with its default parameters; for others use the struct itself.
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            #[allow(missing_docs)] // the variants are the structs of the same names
            pub enum $any { #[default] $first $(, $loss)* }

            by_name!($any { $first $(, $loss)* });

            impl<$e: Real> RowLoss<$e> for $any {
                type Target = $target;

                fn name(&self) -> &'static str {
                    self.info().name
                }

                #[track_caller]
                fn eval(&self, z: &[$e], t: &$target, dz: &mut [$e]) -> $e {
                    match self {
                        Self::$first => $first::default().eval(z, t, dz),
                        $(Self::$loss => $loss::default().eval(z, t, dz)),*
                    }
                }

                #[track_caller]
                fn eval_rows<'t>(
                    &self,
                    z: &[$e],
                    cols: usize,
                    targets: &dyn Fn(usize) -> &'t $target,
                    losses: &mut [$e],
                    dz: &mut [$e],
                ) where
                    $target: 't,
                {
                    match self {
                        Self::$first => $first::default().eval_rows(z, cols, targets, losses, dz),
                        $(Self::$loss => $loss::default().eval_rows(z, cols, targets, losses, dz)),*
                    }
                }

                #[track_caller]
                fn hvp(&self, z: &[$e], t: &$target, v: &[$e], out: &mut [$e]) {
                    match self {
                        Self::$first => $first::default().hvp(z, t, v, out),
                        $(Self::$loss => $loss::default().hvp(z, t, v, out)),*
                    }
                }
            }
        )+

        /// Every loss by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        pub enum LossName { $($first $(, $loss)*),+ }

        by_name!(LossName { $($first $(, $loss)*),+ });

        /// Name and facts of every loss.
        pub const ALL: &[LossInfo] = &[$($first::INFO $(, $loss::INFO)*),+];
    };
}

losses! {
    /// A loss against a class index, for classifiers and the attacks on them.
    AnyClassLoss<E>(usize) { CrossEntropy, LogOdds, Margin, Dlr }
    /// A loss against a label and the class that an attack aims at, in that order.
    AnyTargetedLoss<E>([usize; 2]) { TargetedDlr }
    /// A loss against a row of values, for autoencoders and regression.
    AnyValueLoss<E>([E]) { Mse, BceWithLogits }
    /// A loss of a GAN on critic logits.
    AnyGanLoss<E>(Side) { NonSaturating, Minimax }
}

impl AnyClassLoss {
    /// What an attack climbs in place of this loss: one whose gradient does not vanish where the model is certain. For the cross-entropies
    /// [`LogOdds`]: at T = 1 (spread of the row's logits between 0.01 and 100) an increasing function of the loss, with the direction of its
    /// gradient; elsewhere the same at temperature T (and T jumps there). The loss itself for the others.
    ///
    /// ```
    /// use sparring_losses::AnyClassLoss;
    /// assert_eq!(AnyClassLoss::CrossEntropy.unsaturated(), AnyClassLoss::LogOdds);
    /// assert_eq!(AnyClassLoss::Margin.unsaturated(), AnyClassLoss::Margin);
    /// ```
    pub const fn unsaturated(self) -> Self {
        match self {
            Self::CrossEntropy | Self::LogOdds => Self::LogOdds,
            Self::Margin | Self::Dlr => self,
        }
    }

    /// Checks that this loss can be used on a model with `classes` classes and these targets.
    ///
    /// # Errors
    /// [`LossError::TooFewClasses`] for a loss of rivals (margin, log-odds) with one class, [`LossError::ClassOutOfRange`] for a wrong
    /// target.
    pub fn check_targets(self, targets: &[usize], classes: usize) -> Result<(), LossError> {
        let needed = match self {
            Self::LogOdds | Self::Margin | Self::Dlr => 2,
            Self::CrossEntropy => 1,
        };
        if classes < needed {
            return Err(LossError::TooFewClasses { loss: self.info().name, classes, needed });
        }
        crate::check_targets(targets, classes)
    }
}
