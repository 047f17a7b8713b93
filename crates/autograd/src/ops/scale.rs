//! Multiplication by a number.
//!
//! s · x for a constant number s.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Scale<E>(E);

impl<E: Elem> Op<E> for Scale<E> {
    fn name(&self) -> &'static str {
        "scale"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::scale(x[0], self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::scale(at.grad, self.0))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || elementwise::scale(at.grad, self.0));
        Handled::Yes
    }
}

/// s · x for a constant number s.
#[track_caller]
pub fn scale<'t, E: Elem>(x: Var<'t, E>, s: E) -> Var<'t, E> {
    x.tape().apply(Scale(s), &[x])
}
