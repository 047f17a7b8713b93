//! Exponential.
//!
//! eˣ.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Exp;

impl<E: Elem> Op<E> for Exp {
    fn name(&self) -> &'static str {
        "exp"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::map(x[0], |v| v.exp())
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || at.grad * at.output)]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || elementwise::mul(at.grad, at.output));
        Handled::Yes
    }
}

/// eˣ.
#[track_caller]
pub fn exp<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(Exp, &[x])
}
