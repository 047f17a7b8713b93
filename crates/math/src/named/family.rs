//! Enums over things that have names, and the macros.

use super::NamedTable;

/// A type whose values go by names: an enum over [`Named`](super::Named) types, by the macro [`family!`](crate::family!).
pub trait Family: Sized + 'static {
    /// All members.
    const TABLE: NamedTable<Self>;
}

/// Implements [`Named`](crate::named::Named): name, aliases, paper, and for each parameter its field, range and what it is.
///
/// ```
/// use sparring_math::named::{Named, NamedError, Range};
///
/// /// A walk of `steps` steps.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Walk { steps: usize, length: f64, both: bool, height: f64 }
/// impl Default for Walk {
///     fn default() -> Self { Self { steps: 10, length: 0.25, both: false, height: 0.0 } }
/// }
/// sparring_math::named! {
///     Walk: "walk", ["hike"], "nobody 2026";
///     steps: Range::COUNT, "number of steps";
///     // Written `length=0.3`; where it is not given it follows from the steps.
///     length: Range::above(0.0), "length of a step", follows "2.5 / steps";
///     // It has no default.
///     height: Range::FINITE, "height above the sea", required;
///     // The field `both` goes by the name `there_and_back`.
///     both as there_and_back: Range::TRUE_OR_FALSE, "whether it returns";
///     {
///         fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
///             if !given("length") { self.length = 2.5 / self.steps as f64; }
///         }
///         fn check_together(&self) -> Result<(), NamedError> {
///             if self.length * self.steps as f64 <= 100.0 { return Ok(()); }
///             Err(NamedError::value(Self::NAME, "length", self.length, "at most 100 / steps"))
///         }
///     }
/// }
/// let call = sparring_math::grammar::Call::parse("walk(steps=5, there_and_back=true, height=0)").unwrap();
/// let walk = Walk::read(&call)?;
/// assert_eq!(walk, Walk { steps: 5, length: 0.5, both: true, height: 0.0 });
/// assert_eq!(walk.write(), "walk(steps=5, height=0, there_and_back=true)");
/// let call = sparring_math::grammar::Call::parse("walk(steps=5)").unwrap();
/// assert_eq!(Walk::read(&call).unwrap_err().to_string(), "walk.height is missing: a finite number");
/// assert_eq!(Walk { length: 1e9, ..walk }.validate().unwrap_err().to_string(),
///     "walk.length is 1000000000, but must be at most 100 / steps");
/// # Ok::<(), NamedError>(())
/// ```
#[macro_export]
macro_rules! named {
    (
        $Type:ty: $name:expr, [$($alias:expr),* $(,)?], $paper:expr;
        $($field:ident $(as $word:ident)?: $range:expr, $about:expr $(, $unset:ident $($follows:literal)?)?;)*
        $({ $($more:tt)* })?
    ) => {
        impl $crate::named::Named for $Type {
            const NAME: &'static str = $name;
            const ALIASES: &'static [&'static str] = &[$($alias),*];
            const PAPER: &'static str = $paper;
            const PARAMETERS: &'static [$crate::named::Parameter] = &[$(
                $crate::named::Parameter::new(
                    [$crate::named!(@word $field $($word)?), stringify!($field)],
                    $range,
                    $about,
                    $crate::named!(@unset $($unset $($follows)?)?),
                )
            ),*];
            fn values(&self) -> Vec<&dyn $crate::named::Value> {
                vec![$(&self.$field),*]
            }
            fn values_mut(&mut self) -> Vec<&mut dyn $crate::named::Value> {
                vec![$(&mut self.$field),*]
            }
            $($($more)*)?
        }
    };
    (@word $field:ident) => { stringify!($field) };
    (@word $field:ident $word:ident) => { stringify!($word) };
    (@unset) => { $crate::named::Unset::Default };
    (@unset follows $follows:literal) => { $crate::named::Unset::Follows($follows) };
    (@unset required) => { $crate::named::Unset::Required };
}

/// Makes an enum a [`Family`](crate::named::Family): its table, `From` each member, `FromStr` and `Display`. Each variant has the name of its
/// type and holds it, or, after `units`, is empty and stands for the type at its defaults. Types after `also` are further names, and become a
/// value of the enum by `Into`. An enum of all members of a family and some more names that family's variant by `beside`; it has no table of its own.
///
/// ```
/// use sparring_math::named::{Family, Range};
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Sgd { momentum: f64 }
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Plain;
/// sparring_math::named! { Sgd: "sgd", [], "1951"; momentum: Range::from_to_below(0.0, 1.0), "memory of past gradients"; }
/// sparring_math::named! { Plain: "plain", ["none"], "1847"; }
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum AnyRule { Sgd(Sgd), Plain(Plain) }
/// sparring_math::family! { AnyRule: "rule"; Sgd, Plain }
///
/// assert_eq!("SGD(momentum=9/10)".parse(), Ok(AnyRule::Sgd(Sgd { momentum: 0.9 })));
/// assert_eq!(AnyRule::from(Sgd { momentum: 0.9 }).to_string(), "sgd(momentum=0.9)");
/// assert_eq!("none".parse::<AnyRule>().unwrap().to_string(), "plain");
/// let error = "sdg".parse::<AnyRule>().unwrap_err().to_string();
/// assert_eq!(error, "no rule is called `sdg` (did you mean `sgd`?); choose one of: sgd, plain");
/// let error = "sgd(mometum=0.9)".parse::<AnyRule>().unwrap_err().to_string();
/// assert_eq!(error, "sgd has no parameter `mometum` (did you mean `momentum`?); it has: momentum");
/// assert_eq!(AnyRule::TABLE.entries[0].signature(), "sgd(momentum=0)");
///
/// // The same rules, and one that is known only where they are chosen by hand.
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Still;
/// sparring_math::named! { Still: "still", [], "nobody 2026"; }
/// #[derive(Clone, Debug, PartialEq)]
/// enum Choice { Rule(AnyRule), Still(Still) }
/// sparring_math::family! { Choice: "rule", beside Rule(AnyRule); Still }
///
/// assert_eq!("sgd(0.5)".parse(), Ok(Choice::Rule(Sgd { momentum: 0.5 }.into())));
/// assert_eq!(("still".parse(), Choice::from(Still).name()), (Ok(Choice::Still(Still)), "still"));
/// let error = "stil".parse::<Choice>().unwrap_err().to_string();
/// assert_eq!(error, "no rule is called `stil` (did you mean `still`?); choose one of: sgd, plain, still");
/// ```
#[macro_export]
macro_rules! family {
    ($Any:ident: $kind:literal; $($Name:ident),+ $(,)? $(; also $($Other:ident),+ $(,)?)?) => {
        $crate::family!(@table $Any: $kind; $($Name),+ $(, $($Other),+)?);
        $(impl From<$Name> for $Any {
            fn from(thing: $Name) -> Self {
                Self::$Name(thing)
            }
        })+
        impl std::fmt::Display for $Any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&match self { $(Self::$Name(thing) => $crate::named::Named::write(thing)),+ })
            }
        }
        impl $Any {
            /// The name, without parameters.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$Name(_) => <$Name as $crate::named::Named>::NAME),+ }
            }
            /// Whether every parameter is in its range; needed only for values made by hand, reading checks by itself.
            ///
            /// # Errors
            /// Names the first parameter that is not, its value and what it must be.
            pub fn validate(&self) -> Result<(), $crate::named::NamedError> {
                match self { $(Self::$Name(thing) => $crate::named::Named::validate(thing)),+ }
            }
            /// Names and values, as text, of the parameters.
            pub fn settings_as_text(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$Name(thing) => {
                    let names = <$Name as $crate::named::Named>::PARAMETERS.iter().map(|p| p.name);
                    names.zip($crate::named::Named::values(thing).iter().map(|v| v.text())).collect()
                }),+ }
            }
        }
    };
    ($Any:ident: $kind:literal, units; $($Name:ident),+ $(,)?) => {
        $crate::family!(@table $Any: $kind; $($Name),+);
        $(impl From<$Name> for $Any {
            fn from(_: $Name) -> Self {
                Self::$Name
            }
        })+
        impl std::fmt::Display for $Any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
        impl $Any {
            /// The name.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$Name => <$Name as $crate::named::Named>::NAME),+ }
            }
        }
    };
    ($Any:ident: $kind:literal, beside $Variant:ident($Inner:ident); $($Name:ident),+ $(,)?) => {
        impl From<$Inner> for $Any {
            fn from(thing: $Inner) -> Self {
                Self::$Variant(thing)
            }
        }
        $(impl From<$Name> for $Any {
            fn from(thing: $Name) -> Self {
                Self::$Name(thing)
            }
        })+
        impl std::fmt::Display for $Any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Self::$Variant(thing) => std::fmt::Display::fmt(thing, f),
                    $(Self::$Name(thing) => f.pad(&$crate::named::Named::write(thing))),+
                }
            }
        }
        impl std::str::FromStr for $Any {
            type Err = $crate::named::NamedError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let own = $crate::named::NamedTable::<Self> {
                    kind: $kind,
                    entries: const { &[$($crate::named::Entry::<Self>::of::<$Name>()),+] },
                };
                own.parse_beside(<$Inner as $crate::named::Family>::TABLE, text)
            }
        }
        impl $Any {
            /// The name, without parameters.
            pub fn name(&self) -> &'static str {
                match self {
                    Self::$Variant(thing) => thing.name(),
                    $(Self::$Name(_) => <$Name as $crate::named::Named>::NAME),+
                }
            }
        }
    };
    (@table $Any:ident: $kind:literal; $($Name:ident),+) => {
        impl $crate::named::Family for $Any {
            const TABLE: $crate::named::NamedTable<Self> =
                $crate::named::NamedTable { kind: $kind, entries: &[$($crate::named::Entry::of::<$Name>()),+] };
        }
        $crate::family!(@parse $Any);
    };
    (@parse $Any:ident) => {
        impl std::str::FromStr for $Any {
            type Err = $crate::named::NamedError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <Self as $crate::named::Family>::TABLE.parse(text)
            }
        }
    };
}
