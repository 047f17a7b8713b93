//! The turns of an activation, written as a table.

/// Implements [`Turns`](crate::Turns), and with it [`Relax`](crate::Relax), by the points where the shape changes; `|a, l, u|` before them gives names to the activation and the ends of the
/// interval.
macro_rules! turns {
    // Of a learnt form, generic in the type of its parameters.
    (<$S:ident> $Type:ty: |$a:ident, $l:ident, $u:ident| extrema $extrema:expr, bends $bends:expr) => {
        $crate::relax::turns! { @[$S: sparring_math::Real] $Type: |$a, $l, $u| extrema $extrema, bends $bends }
    };
    (@[$($generics:tt)*] $Type:ty: |$a:ident, $l:ident, $u:ident| extrema $extrema:expr, bends $bends:expr) => {
        impl<$($generics)*> $crate::Relax for $Type {}
        impl<$($generics)*> $crate::Turns for $Type {
            fn extrema(&self, $l: f64, $u: f64) -> $crate::Points {
                let $a = self;
                let _ = $a;
                $crate::Points::Owned(<[f64]>::to_vec(&$extrema))
            }
            fn bends(&self, $l: f64, $u: f64) -> $crate::Points {
                let $a = self;
                let _ = $a;
                $crate::Points::Owned(<[f64]>::to_vec(&$bends))
            }
        }
    };
    ($Type:ty: extrema $extrema:expr, bends $bends:expr) => {
        $crate::relax::turns! { @[] $Type: |_a, _l, _u| extrema $extrema, bends $bends }
    };
    ($Type:ty: |$a:ident, $l:ident, $u:ident| extrema $extrema:expr, bends $bends:expr) => {
        $crate::relax::turns! { @[] $Type: |$a, $l, $u| extrema $extrema, bends $bends }
    };
}
pub(crate) use turns;
