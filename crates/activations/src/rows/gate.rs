//! Gated linear units: the first half of a row, each number times an activation of one of the second half.

/// Implements a gated unit: y = a · gate(b) for x = [a | b].
macro_rules! gated_unit {
    ($Type:ident: $name:literal, $aliases:tt, $gate:expr, $formula:literal, $paper:literal, $doc:literal) => {
        use super::{AboutRows, RowActivation};
        use crate::Activation;
        use sparring_math::Real;
        use sparring_math::named::Named;

        #[doc = $doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $Type;

        sparring_math::named! { $Type: $name, $aliases, $paper; }

        impl<E: Real> RowActivation<E> for $Type {
            fn about_rows(&self) -> AboutRows {
                let smoothness = Activation::<f64>::about(&$gate).smoothness;
                AboutRows {
                    name: Self::NAME,
                    formula: $formula,
                    source: Self::PAPER,
                    range: (None, None),
                    lipschitz: None,
                    smoothness,
                }
            }
            fn outputs(&self, width: usize) -> Option<usize> {
                width.is_multiple_of(2).then_some(width / 2)
            }
            fn row(&self, x: &[E], y: &mut [E]) {
                let (a, b) = x.split_at(y.len());
                $gate.forward(b, y);
                y.iter_mut().zip(a).for_each(|(y, &a)| *y *= a);
            }
            fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
                let (a, b) = x.split_at(dy.len());
                let (da, db) = dx.split_at_mut(dy.len());
                $gate.forward(b, da);
                $gate.backward(b, dy, db);
                for ((da, db), (&dy, &a)) in da.iter_mut().zip(db).zip(dy.iter().zip(a)) {
                    *da *= dy;
                    *db *= a;
                }
            }
        }
    };
}
pub(super) use gated_unit;
