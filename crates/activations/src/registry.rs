//! The list of activations.

use crate::Trainable;
use sparring_math::Real;
use sparring_math::named::Named;

/// What the registry must know of an activation besides its mathematics and its name.
pub trait Configured: Named + Copy {
    /// With the paper's parameters.
    const DEFAULT: Self;
    /// The learnt form, where there is one.
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        None
    }
}

/// Declares the modules, the enum of all activations and its table. To add an activation: one file, one word here.
macro_rules! activations {
    ($($module:ident :: $Type:ident),+ $(,)?) => {
        $(
            mod $module;
            // The card, which `cargo xtask tables` draws.
            #[cfg_attr(doc, doc = include_str!(concat!("../../cards/", stringify!($module), ".svg")))]
            #[cfg_attr(doc, doc = "")]
            pub use $module::$Type;
        )+

        /// Any activation of this crate, as data: `"leaky_relu(0.2)".parse()`, `to_string()`, and serde (as that string)
        /// with the feature `serde`.
        ///
        /// As a learnt activation it holds the initial value of the parameters; see [`AnyActivation::trainable`].
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyActivation {
            $(
                #[doc = concat!("[`", stringify!($Type), "`]")]
                $Type($Type),
            )+
        }

        sparring_math::family! { AnyActivation: "activation"; $($Type),+ }
        sparring_math::value_by_text!(AnyActivation);

        impl AnyActivation {
            /// Every activation with the paper's parameters.
            pub const ALL: &[AnyActivation] = &[$(AnyActivation::$Type(<$Type as $crate::registry::Configured>::DEFAULT)),+];

            /// Other names that are understood.
            pub fn aliases(&self) -> &'static [&'static str] {
                match self {
                    $(AnyActivation::$Type(_) => <$Type as sparring_math::named::Named>::ALIASES),+
                }
            }

            /// Facts at the present parameters. The gains are computed anew at each call (8000 evaluations or more).
            pub fn about(&self) -> $crate::About {
                $crate::Activation::<f64>::about(self)
            }

            /// Names and values of the parameters.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $(AnyActivation::$Type(a) => {
                        use sparring_math::named::Named;
                        let values = a.values().into_iter().map(|v| v.number().expect("numbers alone"));
                        $Type::PARAMETERS.iter().map(|p| p.name).zip(values).collect()
                    }),+
                }
            }

            /// Whether it has parameters that are learnt.
            pub fn is_trainable(&self) -> bool {
                self.trainable::<f64>().is_some()
            }

            /// The learnt form, starting at the present parameters: a layer keeps the values as its own tensor and hands them to the
            /// slice functions of [`Trainable`](crate::Trainable).
            // Compiled once, with all slice functions; see `compiled_here` below.
            #[inline(never)]
            pub fn trainable<E: sparring_math::Real>(&self) -> Option<Box<dyn $crate::Trainable<E>>> {
                match self {
                    $(AnyActivation::$Type(a) => $crate::registry::Configured::trainable(a)),+
                }
            }
        }

        impl<E: sparring_math::Real> $crate::Activation<E> for AnyActivation {
            fn name(&self) -> &'static str {
                AnyActivation::name(self)
            }
            fn about(&self) -> $crate::About {
                match self { $(AnyActivation::$Type(a) => $crate::Activation::<E>::about(a)),+ }
            }
            #[inline]
            fn f(&self, x: E) -> E {
                match self { $(AnyActivation::$Type(a) => a.f(x)),+ }
            }
            #[inline]
            fn df(&self, x: E) -> E {
                match self { $(AnyActivation::$Type(a) => a.df(x)),+ }
            }
            #[inline]
            fn d2f(&self, x: E) -> E {
                match self { $(AnyActivation::$Type(a) => a.d2f(x)),+ }
            }
            #[inline]
            fn rectifies(&self) -> bool {
                match self { $(AnyActivation::$Type(a) => $crate::Activation::<E>::rectifies(a)),+ }
            }
            fn drawn_slope(&self) -> Option<(f64, f64)> {
                match self { $(AnyActivation::$Type(a) => $crate::Activation::<E>::drawn_slope(a)),+ }
            }
            #[inline]
            fn df_of_value(&self, y: E) -> Option<E> {
                match self { $(AnyActivation::$Type(a) => a.df_of_value(y)),+ }
            }
            // One match a slice, not one an element; see `compiled_here` below.
            #[inline(never)]
            fn forward(&self, x: &[E], y: &mut [E]) {
                match self { $(AnyActivation::$Type(a) => a.forward(x, y)),+ }
            }
            #[inline(never)]
            fn backward(&self, x: &[E], dy: &[E], dx: &mut [E]) {
                match self { $(AnyActivation::$Type(a) => a.backward(x, dy, dx)),+ }
            }
            #[inline(never)]
            fn backward_of_value(&self, y: &[E], dy: &[E], dx: &mut [E]) -> bool {
                match self { $(AnyActivation::$Type(a) => a.backward_of_value(y, dy, dx)),+ }
            }
            #[inline(never)]
            fn backward2(&self, x: &[E], dy: &[E], dx: &mut [E]) {
                match self { $(AnyActivation::$Type(a) => a.backward2(x, dy, dx)),+ }
            }
        }

        impl $crate::Turns for AnyActivation {
            fn extrema(&self, l: f64, u: f64) -> $crate::Points {
                match self { $(AnyActivation::$Type(a) => $crate::Turns::extrema(a, l, u)),+ }
            }
            fn bends(&self, l: f64, u: f64) -> $crate::Points {
                match self { $(AnyActivation::$Type(a) => $crate::Turns::bends(a, l, u)),+ }
            }
            fn moments(&self, q: f64) -> Option<[f64; 3]> {
                match self { $(AnyActivation::$Type(a) => $crate::Turns::moments(a, q)),+ }
            }
        }

        impl $crate::Relax for AnyActivation {
            fn image(&self, l: f64, u: f64) -> (f64, f64) {
                match self { $(AnyActivation::$Type(a) => $crate::Relax::image(a, l, u)),+ }
            }
            fn lines(&self, l: f64, u: f64) -> $crate::LinearBounds {
                match self { $(AnyActivation::$Type(a) => $crate::Relax::lines(a, l, u)),+ }
            }
        }

        sparring_math::compiled_here!(
            <AnyActivation as $crate::Activation<f32>>::forward,
            <AnyActivation as $crate::Activation<f32>>::backward,
            <AnyActivation as $crate::Activation<f32>>::backward_of_value,
            <AnyActivation as $crate::Activation<f32>>::backward2,
            AnyActivation::trainable::<f32>,
        );
    };
}
pub(crate) use activations;
