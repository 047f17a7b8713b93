//! The norms: one file each, listed once.

mod contract;
pub(crate) mod reductions;
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

        sparring_math::family! { AnyNorm: "norm", units; $($Name),* }
        sparring_math::value_by_text!(AnyNorm);

        impl AnyNorm {
            /// Those in which the steepest step moves every element: where an ascent by steps of one length makes sense.
            pub const DENSE: &[Self] = &[Self::Linf, Self::L2];
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
    l1::L1 "l1",
    l0::L0 "l0",
}
