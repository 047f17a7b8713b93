//! What soft and hard thresholding have in common: one λ, 0 between its two kinks or jumps, slope 1 outside.

/// Declares a type with the parameter `lambda` and all it takes to be an activation; `$value` is f(x) for |x| > λ, by λ and x.
macro_rules! shrink {
    (
        $(#[$doc:meta])* $Type:ident: $name:literal, $paper:literal, lambda: $lambda:literal;
        formula $formula:literal, |$l:ident, $x:ident| $value:expr, lipschitz |$c:ident| $lipschitz:expr, smoothness |$s:ident| $smoothness:expr
    ) => {
        use crate::registry::Configured;
        use crate::{About, Activation, ActivationError, Smoothness};
        use sparring_math::Real;
        use sparring_math::named::{Named, Range};

        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Type {
            #[doc = concat!("λ, ", $lambda, ": ½ by default.")]
            pub lambda: f64,
        }

        impl Default for $Type {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        impl $Type {
            /// Whether the parameters make sense.
            ///
            /// # Errors
            /// If one is outside its range.
            pub fn validate(&self) -> Result<(), ActivationError> {
                Named::validate(self)
            }
        }

        sparring_math::named! {
            $Type: $name, [], $paper;
            lambda: Range::at_least(0.0).in_f32(), $lambda;
        }

        impl Configured for $Type {
            const DEFAULT: Self = Self { lambda: 0.5 };
        }

        $crate::relax::turns! { $Type: |a, _l, _u| extrema [], bends [-a.lambda, a.lambda] }

        impl<E: Real> Activation<E> for $Type {
            fn about(&self) -> About {
                let (gain_forward, gain_backward) = $crate::gain::gains(self);
                About {
                    name: Self::NAME,
                    formula: $formula,
                    source: Self::PAPER,
                    range: (None, None),
                    lipschitz: {
                        let $c = self.lambda;
                        $lipschitz
                    },
                    curvature: Some(0.0),
                    monotone: true,
                    smoothness: {
                        let $s = self.lambda;
                        $smoothness
                    },
                    gain_forward,
                    gain_backward,
                    elsewhere: "",
                }
            }

            fn name(&self) -> &'static str {
                Self::NAME
            }

            #[inline(always)]
            fn f(&self, $x: E) -> E {
                let $l = E::of(self.lambda);
                let inside = $x.abs() <= $l;
                let outside = $value;
                if inside { E::ZERO } else { outside }
            }

            #[inline(always)]
            fn df(&self, x: E) -> E {
                let derivative = if x.abs() <= E::of(self.lambda) { E::ZERO } else { E::ONE };
                if x.is_nan() { x } else { derivative }
            }

            #[inline(always)]
            fn d2f(&self, x: E) -> E {
                if x.is_nan() { x } else { E::ZERO }
            }

            $crate::fused::fused_slices!();
        }
    };
}
pub(crate) use shrink;
