//! The same numbers under another shape.
//!
//! Row-major order stays.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Shape};

#[derive(Debug)]
struct Reshape(Shape);

impl<E: Elem> Op<E> for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        x[0].reshape(self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::reshape(at.grad, at.inputs[0].shape()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || at.grad.reshape(at.inputs[0].shape()));
        Handled::Yes
    }
}

/// Row-major order stays.
///
/// # Panics
/// If the number of elements differs.
#[track_caller]
pub fn reshape<'t, E: Elem>(x: Var<'t, E>, shape: impl Into<Shape>) -> Var<'t, E> {
    x.tape().apply(Reshape(shape.into()), &[x])
}
