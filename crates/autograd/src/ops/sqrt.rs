//! Square root.
//!
//! √x; its derivative at 0 is infinite: add a small number first where 0 can occur.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, elementwise};

#[derive(Debug)]
struct Sqrt;

impl<E: Elem> Op<E> for Sqrt {
    fn name(&self) -> &'static str {
        "sqrt"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::map(x[0], |v| v.sqrt())
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::scale(at.grad / at.output, E::of(0.5)))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || elementwise::zip(at.grad, at.output, |g, y| E::of(0.5) * (g / y)));
        Handled::Yes
    }
}

/// √x; its derivative at 0 is infinite: add a small number first where 0 can occur.
#[track_caller]
pub fn sqrt<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(Sqrt, &[x])
}
