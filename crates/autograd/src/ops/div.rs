//! Element-wise quotient.
//!
//! a / b.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, broadcast::sum_to, elementwise};

#[derive(Debug)]
struct Div;

impl<E: Elem> Op<E> for Div {
    fn name(&self) -> &'static str {
        "div"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::div(x[0], x[1])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![
            at.when(0, || ops::sum_to(g / b, a.shape())),
            at.when(1, || ops::sum_to(-(g * at.output / b), b.shape())),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        sinks.add(0, || sum_to(&elementwise::div(g, b), a.shape()));
        sinks.add(1, || {
            let part = elementwise::div(&elementwise::mul(g, at.output), b);
            sum_to(&elementwise::neg(&part), b.shape())
        });
        Handled::Yes
    }
}

/// a / b. Broadcasts by NumPy's rule.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn div<'t, E: Elem>(a: Var<'t, E>, b: Var<'t, E>) -> Var<'t, E> {
    a.tape().apply(Div, &[a, b])
}
