//! The list of losses: adding one is one file and one word here.

use crate::by_text::serde_by_text;
use crate::{
    BceWithLogits, CrossEntropy, Dlr, GanLoss, Hinge, LogOdds, LossError, LossInfo, Lsgan, Margin, Minimax,
    Mse, NonSaturating, PenaltyPoint, R1, R2, Relativistic, RowLoss, Side, SparseKl, SparseL1, TargetedDlr,
    Wasserstein, WganGp,
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

        serde_by_text!($any);
    };
}

/// A family of losses with their parameters.
macro_rules! with_parameters {
    ($(#[$doc:meta])* $any:ident: $kind:literal { $first:ident $(, $loss:ident)* }) => {
        $(#[$doc])*
        ///
        /// Each variant holds the loss with its parameters: `name` or `name(key=value, ..)`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        pub enum $any { $first($first) $(, $loss($loss))* }

        sparring_math::family! { $any: $kind; $first $(, $loss)* }
        sparring_math::value_by_text!($any);
        serde_by_text!($any);

        impl Default for $any {
            fn default() -> Self {
                Self::$first($first::default())
            }
        }

        impl $any {
            /// Name and facts.
            pub const fn info(&self) -> &'static LossInfo {
                match self { Self::$first(_) => &$first::INFO $(, Self::$loss(_) => &$loss::INFO)* }
            }
        }
    };
}

/// Registers losses by family: each family becomes an enum that is a [`RowLoss`] itself; its first loss is the default.
macro_rules! losses {
    (
        targets { $($(#[$doc:meta])* $any:ident<$e:ident>($target:ty) { $first:ident $(, $loss:ident)* $(,)? })+ }
        gan { $(#[$gan_doc:meta])* $gan:ident: $gan_kind:literal { $($gan_loss:ident),+ $(,)? } }
        alone { $($(#[$alone_doc:meta])* $alone:ident: $alone_kind:literal { $($alone_loss:ident),+ $(,)? })+ }
    ) => {
        with_parameters! { $(#[$gan_doc])* $gan: $gan_kind { $($gan_loss),+ } }

        impl<E: Real> GanLoss<E> for $gan {
            fn sided(&self) -> Option<&dyn RowLoss<E, Target = Side>> {
                match self { $(Self::$gan_loss(loss) => loss.sided()),+ }
            }
            #[track_caller]
            fn critic(&self, real: &[E], fake: &[E], grads: [&mut [E]; 2]) -> E {
                match self { $(Self::$gan_loss(loss) => loss.critic(real, fake, grads)),+ }
            }
            #[track_caller]
            fn generator(&self, real: &[E], fake: &[E], d_fake: &mut [E]) -> E {
                match self { $(Self::$gan_loss(loss) => loss.generator(real, fake, d_fake)),+ }
            }
        }

        $(
            with_parameters! { $(#[$alone_doc])* $alone: $alone_kind { $($alone_loss),+ } }

            impl<E: Real> RowLoss<E> for $alone {
                type Target = ();

                fn name(&self) -> &'static str {
                    self.info().name
                }
                #[track_caller]
                fn eval(&self, z: &[E], (): &(), dz: &mut [E]) -> E {
                    match self { $(Self::$alone_loss(loss) => loss.eval(z, &(), dz)),+ }
                }
                #[track_caller]
                fn hvp(&self, z: &[E], (): &(), v: &[E], out: &mut [E]) {
                    match self { $(Self::$alone_loss(loss) => loss.hvp(z, &(), v, out)),+ }
                }
            }
        )+

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
        pub enum LossName { $($first $(, $loss)*),+ $(, $gan_loss)+ $($(, $alone_loss)+)+ }

        by_name!(LossName { $($first $(, $loss)*),+ $(, $gan_loss)+ $($(, $alone_loss)+)+ });

        /// Name and facts of every loss.
        pub const ALL: &[LossInfo] =
            &[$($first::INFO $(, $loss::INFO)*),+ $(, $gan_loss::INFO)+ $($(, $alone_loss::INFO)+)+];
    };
}

losses! {
    targets {
        /// A loss against a class index, for classifiers and the attacks on them.
        AnyClassLoss<E>(usize) { CrossEntropy, LogOdds, Margin, Dlr }
        /// A loss against a label and the class that an attack aims at, in that order.
        AnyTargetedLoss<E>([usize; 2]) { TargetedDlr }
        /// A loss against a row of values, for autoencoders and regression.
        AnyValueLoss<E>([E]) { Mse, BceWithLogits }
    }
    gan {
        /// A loss of a GAN on critic logits.
        AnyGanLoss: "GAN loss" { NonSaturating, Minimax, Lsgan, Wasserstein, Hinge, Relativistic }
    }
    alone {
        /// A penalty on a critic's gradient with respect to its input, all numbers of one example's gradient in a row.
        AnyGradientPenalty: "gradient penalty" { WganGp, R1, R2 }
        /// A penalty on an autoencoder's code: on each example's, or on the mean activations of a batch, as [`info`](AnySparsity::info)`().target` says.
        AnySparsity: "sparsity penalty" { SparseL1, SparseKl }
    }
}

impl AnyGradientPenalty {
    /// The examples at which the gradient is taken.
    pub const fn point(&self) -> PenaltyPoint {
        match self {
            Self::WganGp(_) => PenaltyPoint::Between,
            Self::R1(_) => PenaltyPoint::Real,
            Self::R2(_) => PenaltyPoint::Fake,
        }
    }
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
