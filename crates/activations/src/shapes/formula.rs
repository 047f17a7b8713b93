//! Formulas as activations.

/// Makes a formula with inherent methods `f`, `df` and `d2f` an activation of a name; `$about` are its facts.
macro_rules! formula {
    ([$($generics:tt)*] $Formula:ty, $name:expr, |$a:ident| $about:expr $(, $slices:ident)?) => {
        impl<E: sparring_math::Real, $($generics)*> $crate::Activation<E> for $Formula {
            fn name(&self) -> &'static str {
                $name
            }
            fn about(&self) -> $crate::About {
                let $a = self;
                $about
            }
            #[inline(always)]
            fn f(&self, x: E) -> E {
                self.f(x)
            }
            #[inline(always)]
            fn df(&self, x: E) -> E {
                self.df(x)
            }
            #[inline(always)]
            fn d2f(&self, x: E) -> E {
                self.d2f(x)
            }
            $($crate::fused::$slices!();)?
        }
    };
}
pub(crate) use formula;
