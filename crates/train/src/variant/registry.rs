//! The list of variants: adding one is one file and one word here.

use super::contract::Variant;
use super::{Contractive, Denoising, Plain, SparseCode, SparseCodeKl};
use crate::Plan;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sparring_math::named::Named;

/// Registers variants: the enum over all of them.
macro_rules! variants {
    ($($Name:ident),+ $(,)?) => {
        /// Any variant, as a recipe has it: parsed from and printed as `name` or `name(key=value, ..)`.
        ///
        /// ```
        /// use sparring_train::{AnyVariant, variants::SparseCode};
        /// let variant: AnyVariant = "sparse(l1=0.01)".parse()?;
        /// assert_eq!(variant, SparseCode { l1: 0.01 }.into());
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyVariant { $($Name($Name)),+ }

        sparring_math::family! { AnyVariant: "variant"; $($Name),+ }

        impl AnyVariant {
            /// Names and what each is, in one line.
            pub const ABOUT: &'static [(&'static str, &'static str)] = &[$((<$Name as Named>::NAME, <$Name as Variant>::ABOUT)),+];

            /// See [`Variant::plan`].
            pub fn plan(&self, encoder: usize) -> Plan {
                match self { $(Self::$Name(one) => one.plan(encoder)),+ }
            }
        }
    };
}

variants! { Plain, Denoising, SparseCode, SparseCodeKl, Contractive }

impl Default for AnyVariant {
    fn default() -> Self {
        Self::Plain(Plain {})
    }
}

impl AnyVariant {
    /// Whether it is the squared error alone.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }
}

/// As text of the grammar.
impl Serialize for AnyVariant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnyVariant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}
