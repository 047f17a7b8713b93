//! The list of activations: names, parameters, reading and writing.

use crate::{ActivationError, Trainable};
use sparring_math::Real;
use sparring_math::grammar::{Call, Parameter};
use std::fmt;

/// What the registry must know of an activation besides its mathematics.
pub trait Configured: Copy + 'static {
    /// The name in configurations.
    const NAME: &'static str;
    /// Other names that are understood.
    const ALIASES: &'static [&'static str] = &[];
    /// With the paper's parameters.
    const DEFAULT: Self;
    /// Names and places of the parameters, in the order of writing.
    fn fields(&mut self) -> Vec<(&'static str, &mut f64)> {
        Vec::new()
    }
    /// Whether the parameters make sense.
    fn check(&self) -> Result<(), ActivationError> {
        Ok(())
    }
    /// The learnt form, where there is one.
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        None
    }
}

/// Writes `name`, or `name(values)` where a value differs from the default.
pub(crate) fn write<A: Configured>(activation: &A, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let values = |mut a: A| -> Vec<f64> { a.fields().iter().map(|(_, value)| **value).collect() };
    let present = values(*activation);
    if present == values(A::DEFAULT) {
        return f.write_str(A::NAME);
    }
    let texts: Vec<_> = present.iter().map(f64::to_string).collect();
    write!(f, "{}({})", A::NAME, texts.join(", "))
}

/// Reads the arguments of an activation whose name has been read.
pub(crate) fn read<A: Configured>(text: &str, call: &Call<'_>) -> Result<A, ActivationError> {
    let mut activation = A::DEFAULT;
    let mut fields = activation.fields();
    let places = fields.iter_mut().map(|(name, place)| (*name, &mut **place as &mut dyn Parameter)).collect();
    call.assign(places).map_err(|reason| ActivationError::Syntax { text: text.to_owned(), reason })?;
    drop(fields);
    activation.check()?;
    Ok(activation)
}

/// Whether a text names this activation.
pub(crate) fn names<A: Configured>(call: &Call<'_>) -> bool {
    std::iter::once(&A::NAME).chain(A::ALIASES).any(|name| call.names(name))
}

/// Declares the modules, the enum of all activations and its table. To add an activation: one file, one word here.
macro_rules! activations {
    ($($module:ident :: $Type:ident),+ $(,)?) => {
        $(
            mod $module;
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

        $(impl From<$Type> for AnyActivation {
            fn from(activation: $Type) -> Self {
                AnyActivation::$Type(activation)
            }
        })+

        impl AnyActivation {
            /// Every activation with the paper's parameters.
            pub const ALL: &[AnyActivation] = &[$(AnyActivation::$Type(<$Type as $crate::registry::Configured>::DEFAULT)),+];

            /// Other names that are understood.
            pub fn aliases(&self) -> &'static [&'static str] {
                match self {
                    $(AnyActivation::$Type(_) => <$Type as $crate::registry::Configured>::ALIASES),+
                }
            }

            /// The name in configurations, without parameters.
            pub fn name(&self) -> &'static str {
                match self {
                    $(AnyActivation::$Type(_) => <$Type as $crate::registry::Configured>::NAME),+
                }
            }

            /// Facts at the present parameters. The gains are computed anew at each call (about 1500 evaluations).
            pub fn about(&self) -> $crate::About {
                $crate::Activation::<f64>::about(self)
            }

            /// Names and values of the parameters.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match *self {
                    $(AnyActivation::$Type(mut a) => {
                        let fields = $crate::registry::Configured::fields(&mut a);
                        fields.into_iter().map(|(name, value)| (name, *value)).collect()
                    }),+
                }
            }

            /// Whether the parameters make sense; needed only for values built by hand, parsing checks by itself.
            ///
            /// # Errors
            /// Names the activation, the parameter, its value and what it must be.
            pub fn validate(&self) -> Result<(), $crate::ActivationError> {
                match self {
                    $(AnyActivation::$Type(a) => $crate::registry::Configured::check(a)),+
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

        sparring_math::compiled_here!(
            <AnyActivation as $crate::Activation<f32>>::forward,
            <AnyActivation as $crate::Activation<f32>>::backward,
            <AnyActivation as $crate::Activation<f32>>::backward_of_value,
            <AnyActivation as $crate::Activation<f32>>::backward2,
            AnyActivation::trainable::<f32>,
        );

        impl std::fmt::Display for AnyActivation {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(AnyActivation::$Type(a) => $crate::registry::write(a, f)),+ }
            }
        }

        impl std::str::FromStr for AnyActivation {
            type Err = $crate::ActivationError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let call = sparring_math::grammar::Call::parse(text)
                    .map_err(|reason| $crate::ActivationError::Syntax { text: text.to_owned(), reason })?;
                $(if $crate::registry::names::<$Type>(&call) {
                    return $crate::registry::read::<$Type>(text, &call).map(AnyActivation::$Type);
                })+
                Err($crate::ActivationError::Unknown { name: call.name.to_owned() })
            }
        }
    };
}
pub(crate) use activations;
