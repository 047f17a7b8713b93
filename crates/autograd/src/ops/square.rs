//! Square.
//!
//! x².

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Square;

impl<E: Elem> Op<E> for Square {
    fn name(&self) -> &'static str {
        "square"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::map(x[0], |v| v * v)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::scale(at.grad * at.inputs[0], E::of(2.0)))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || elementwise::zip(at.grad, at.inputs[0], |g, x| E::of(2.0) * g * x));
        Handled::Yes
    }
}

/// x².
#[track_caller]
pub fn square<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(Square, &[x])
}
