//! The norms: one file each, listed once.

mod contract;
pub use contract::Norm;

/// Makes the module of each norm, [`AnyNorm`] and its table.
macro_rules! norms {
    ($($file:ident::$Name:ident $word:literal),* $(,)?) => {
        $(mod $file; pub use $file::$Name;)*

        /// Any of the norms, as data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum AnyNorm {
            $(#[doc = concat!("[`", stringify!($Name), "`], written `", $word, "`.")]
            #[cfg_attr(feature = "serde", serde(rename = $word))]
            $Name,)*
        }

        impl AnyNorm {
            /// All norms.
            pub const ALL: &[Self] = &[$(Self::$Name),*];
            /// The norm itself.
            pub fn get(self) -> &'static dyn Norm {
                match self { $(Self::$Name => &$Name),* }
            }
        }
    };
}

norms! {
    linf::Linf "linf",
    l2::L2 "l2",
}

impl std::fmt::Display for AnyNorm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.get().name())
    }
}

impl std::str::FromStr for AnyNorm {
    type Err = crate::AttackError;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|n| n.get().name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            crate::AttackError::Unknown {
                kind: "norm",
                name: name.to_owned(),
                known: Self::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            }
        })
    }
}
