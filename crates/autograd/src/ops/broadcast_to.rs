//! Repetition along axes of extent 1, by NumPy's rule.
//!
//! yᵢ = x at the index i with broadcast axes set to 0.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Shape, broadcast};

#[derive(Debug)]
struct BroadcastTo(Shape);

impl<E: Elem> Op<E> for BroadcastTo {
    fn name(&self) -> &'static str {
        "broadcast_to"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        broadcast::broadcast_to(x[0], self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::sum_to(at.grad, at.inputs[0].shape()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || broadcast::sum_to(at.grad, at.inputs[0].shape()));
        Handled::Yes
    }
}

/// yᵢ = x at the index i with broadcast axes set to 0.
///
/// # Panics
/// If `x` does not broadcast to the shape.
#[track_caller]
pub fn broadcast_to<'t, E: Elem>(x: Var<'t, E>, shape: impl Into<Shape>) -> Var<'t, E> {
    x.tape().apply(BroadcastTo(shape.into()), &[x])
}
