//! The list of activations of rows.

/// Declares the modules, the enum of all activations of rows and its table.
macro_rules! row_activations {
    ($($module:ident :: $Type:ident),+ $(,)?) => {
        $(mod $module; pub use $module::$Type;)+

        /// Any activation of rows, as data: `"k_wta(fraction=0.1)".parse()`, `to_string()`, and serde (as that string) with the feature `serde`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyRowActivation {
            $(
                #[doc = concat!("[`", stringify!($Type), "`]")]
                $Type($Type),
            )+
        }

        sparring_math::family! { AnyRowActivation: "activation of rows"; $($Type),+ }
        sparring_math::value_by_text!(AnyRowActivation);

        impl<E: sparring_math::Real> $crate::RowActivation<E> for AnyRowActivation {
            fn about_rows(&self) -> $crate::AboutRows {
                match self { $(AnyRowActivation::$Type(a) => $crate::RowActivation::<E>::about_rows(a)),+ }
            }
            fn outputs(&self, width: usize) -> Option<usize> {
                match self { $(AnyRowActivation::$Type(a) => $crate::RowActivation::<E>::outputs(a, width)),+ }
            }
            fn row(&self, x: &[E], y: &mut [E]) {
                match self { $(AnyRowActivation::$Type(a) => a.row(x, y)),+ }
            }
            fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
                match self { $(AnyRowActivation::$Type(a) => a.row_grad(x, dy, dx)),+ }
            }
        }
    };
}
pub(crate) use row_activations;
