//! Natural logarithm.
//!
//! ln x.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Ln;

impl<E: Elem> Op<E> for Ln {
    fn name(&self) -> &'static str {
        "ln"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::map(x[0], |v| v.ln())
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || at.grad / at.inputs[0])]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || elementwise::div(at.grad, at.inputs[0]));
        Handled::Yes
    }
}

/// ln x.
#[track_caller]
pub fn ln<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(Ln, &[x])
}
