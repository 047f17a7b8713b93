//! Sum over the axes that broadcasting would repeat: the adjoint of `broadcast_to`.
//!
//! y = Σ x over the axes where the shape has extent 1 or none.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Shape, broadcast};

#[derive(Debug)]
struct SumTo(Shape);

impl<E: Elem> Op<E> for SumTo {
    fn name(&self) -> &'static str {
        "sum_to"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        broadcast::sum_to(x[0], self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::broadcast_to(at.grad, at.inputs[0].shape()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || broadcast::broadcast_to(at.grad, at.inputs[0].shape()));
        Handled::Yes
    }
}

/// y = Σ x over the axes where the shape has extent 1 or none.
///
/// # Panics
/// If the shape does not broadcast to that of `x`.
#[track_caller]
pub fn sum_to<'t, E: Elem>(x: Var<'t, E>, shape: impl Into<Shape>) -> Var<'t, E> {
    x.tape().apply(SumTo(shape.into()), &[x])
}
