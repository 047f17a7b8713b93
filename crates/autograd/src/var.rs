//! What a variable can be asked, and arithmetic.

use crate::{Var, ops};
use sparring_tensor::{Array, Elem, Shape};
use std::fmt;

impl<'t, E: Elem> Var<'t, E> {
    /// The value; shares its buffer.
    pub fn value(self) -> Array<E> {
        self.tape().value(self.id())
    }
    /// Extents of the value.
    pub fn shape(self) -> Shape {
        self.tape().shape(self.id())
    }
    /// The single element.
    ///
    /// # Panics
    /// If there is not exactly one.
    #[track_caller]
    pub fn item(self) -> E {
        self.value().item()
    }
    /// The same value as a constant: no gradient flows through it.
    pub fn detach(self) -> Self {
        self.tape().constant(self.value())
    }
    /// Whether anything that wants a gradient flows into it.
    pub fn needs_grad(self) -> bool {
        self.tape().needs(self.id())
    }
}

impl<E: Elem> fmt::Debug for Var<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Var#{}{}", self.id(), self.shape())
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $op:path;)*) => {$(
        impl<'t, E: Elem> std::ops::$trait for Var<'t, E> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                $op(self, other)
            }
        }
    )*};
}
operator! { Add add ops::add; Sub sub ops::sub; Mul mul ops::mul; Div div ops::div; }

impl<E: Elem> std::ops::Neg for Var<'_, E> {
    type Output = Self;
    fn neg(self) -> Self {
        ops::scale(self, -E::ONE)
    }
}
