//! Addition of a number.
//!
//! x + s for a constant number s.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Offset<E>(E);

impl<E: Elem> Op<E> for Offset<E> {
    fn name(&self) -> &'static str {
        "offset"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::add_scalar(x[0], self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || at.grad)]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || at.grad.clone());
        Handled::Yes
    }
}

/// x + s for a constant number s.
#[track_caller]
pub fn offset<'t, E: Elem>(x: Var<'t, E>, s: E) -> Var<'t, E> {
    x.tape().apply(Offset(s), &[x])
}
