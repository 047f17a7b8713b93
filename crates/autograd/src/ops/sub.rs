//! Difference of two arrays.
//!
//! a − b.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, broadcast::sum_to, elementwise};

#[derive(Debug)]
struct Sub;

impl<E: Elem> Op<E> for Sub {
    fn name(&self) -> &'static str {
        "sub"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::sub(x[0], x[1])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![at.when(0, || ops::sum_to(g, a.shape())), at.when(1, || ops::sum_to(-g, b.shape()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        sinks.add_summed(0, a.shape(), g);
        sinks.add(1, || elementwise::neg(&sum_to(g, b.shape())));
        Handled::Yes
    }
}

/// a − b. Broadcasts by NumPy's rule.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn sub<'t, E: Elem>(a: Var<'t, E>, b: Var<'t, E>) -> Var<'t, E> {
    a.tape().apply(Sub, &[a, b])
}
