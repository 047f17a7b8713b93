//! What Swish, ACON-C and PSSiLU have in common as activations.

/// Implements [`Activation`](crate::Activation) and bounds of a type, generic in the type of its parameters, whose `gated()` is the formula.
macro_rules! gated_form {
    ($Type:ident, formula $formula:literal, elsewhere $elsewhere:literal) => {
        $crate::relax::turns! { <S> $Type<S>: |a, _l, _u| extrema a.gated().extrema(), bends a.gated().bends() }

        impl<E: sparring_math::Real, S: sparring_math::Real> $crate::Activation<E> for $Type<S> {
            fn about(&self) -> $crate::About {
                use sparring_math::named::Named;
                let (gain_forward, gain_backward) = $crate::gain::gains(self);
                let shape = self.gated::<f64>();
                $crate::About {
                    name: $Type::<f64>::NAME,
                    formula: $formula,
                    source: $Type::<f64>::PAPER,
                    range: shape.range(),
                    lipschitz: Some(shape.lipschitz()),
                    curvature: Some(shape.curvature()),
                    monotone: shape.is_monotone(),
                    smoothness: $crate::Smoothness::Smooth,
                    gain_forward,
                    gain_backward,
                    elsewhere: $elsewhere,
                }
            }

            fn name(&self) -> &'static str {
                <$Type<f64> as sparring_math::named::Named>::NAME
            }

            #[inline(always)]
            fn f(&self, x: E) -> E {
                self.gated().f(x)
            }

            #[inline(always)]
            fn df(&self, x: E) -> E {
                self.gated().df(x)
            }

            #[inline(always)]
            fn d2f(&self, x: E) -> E {
                self.gated().d2f(x)
            }

            $crate::fused::fused_slices!();
        }
    };
}
pub(crate) use gated_form;
