//! What R1 and R2 have in common: they differ in the examples at which the gradient is taken.

/// Declares γ/2 ‖g‖² of the gradients at one kind of example.
macro_rules! penalty_at_examples {
    ($Type:ident: $name:literal, $example:literal, $about:literal) => {
        use super::squares::{half_squares, half_squares_hvp};
        use crate::RowLoss;
        use crate::info::{LossInfo, TargetKind};
        use crate::targets::assert_length;
        use sparring_math::Real;
        use sparring_math::named::{Named, Range};

        #[doc = concat!("γ/2 ‖g‖² of the gradient `g` of a critic's logit with respect to one **", $example, "** example.")]
        ///
        /// A row holds all numbers of the example's gradient. Gradient γ g, Hessian γ times the identity. Mean over examples by the
        #[doc = concat!("caller. On the tape: `row_loss(gradients, ", stringify!($Type), "::default(), Every(()))`.")]
        ///
        /// Extremes: a gradient whose squares overflow gives +∞ with a finite gradient; NaN stays NaN.
        ///
        /// Source: Mescheder et al. 2018, arXiv:1801.04406, section 4.1.
        ///
        /// # Panics
        /// If the lengths differ.
        ///
        /// ```
        #[doc = concat!("use sparring_losses::{", stringify!($Type), ", RowLoss};")]
        /// let mut dg = [0.0; 2];
        #[doc = concat!("let loss = ", stringify!($Type), " { gamma: 10.0 };")]
        /// assert_eq!(loss.eval(&[3.0_f64, 4.0], &(), &mut dg), 125.0);
        /// assert_eq!(dg, [30.0, 40.0]);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Type {
            /// γ.
            pub gamma: f64,
        }

        impl Default for $Type {
            fn default() -> Self {
                Self { gamma: 10.0 }
            }
        }

        sparring_math::named! {
            $Type: $name, [], "Mescheder et al. 2018, arXiv:1801.04406";
            gamma: Range::at_least(0.0), "twice the weight of the squared norm";
        }

        impl $Type {
            /// Name and facts.
            pub const INFO: LossInfo = LossInfo {
                name: Self::NAME,
                aliases: Self::ALIASES,
                about: $about,
                formula: concat!("gamma / 2 |g|^2, g at ", $example, " examples"),
                source: Self::PAPER,
                target: TargetKind::Gradient,
            };
        }

        impl<E: Real> RowLoss<E> for $Type {
            type Target = ();

            fn name(&self) -> &'static str {
                Self::NAME
            }
            #[track_caller]
            fn eval(&self, g: &[E], (): &(), dg: &mut [E]) -> E {
                assert_length(Self::NAME, g.len(), "dg", dg.len());
                half_squares(self.gamma, g, dg)
            }
            #[track_caller]
            fn hvp(&self, g: &[E], (): &(), v: &[E], out: &mut [E]) {
                assert_length(Self::NAME, g.len(), "v", v.len());
                assert_length(Self::NAME, g.len(), "out", out.len());
                half_squares_hvp(self.gamma, v, out);
            }
        }

        #[cfg(test)]
        mod tests {
            use super::*;
            use crate::gradcheck;

            #[test]
            fn gradient_and_hessian_agree_with_differences() {
                for n in [1, 8, 9, 784] {
                    gradcheck::check(&$Type { gamma: 0.3 }, n, &(), 2.0);
                }
                let mut dg = [1f32; 2];
                assert_eq!($Type::default().eval(&[0f32; 2], &(), &mut dg), 0.0);
                assert_eq!(($Type::default().eval(&[1e4f32, -1e4], &(), &mut dg), dg), (1e9, [1e5, -1e5]));
            }
        }
    };
}
pub(super) use penalty_at_examples;
