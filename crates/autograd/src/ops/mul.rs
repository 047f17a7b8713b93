//! Element-wise multiplication.
//!
//! a · b.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, add_product, broadcast::sum_to, elementwise};

#[derive(Debug)]
struct Mul;

impl<E: Elem> Op<E> for Mul {
    fn name(&self) -> &'static str {
        "mul"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        elementwise::mul(x[0], x[1])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![at.when(0, || ops::sum_to(g * b, a.shape())), at.when(1, || ops::sum_to(g * a, b.shape()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        for (i, (x, other)) in [(a, b), (b, a)].into_iter().enumerate() {
            let product = || sum_to(&elementwise::mul(g, other), x.shape());
            if a.shape() == b.shape() {
                sinks.join(i, product, |sum| add_product(sum, g, other));
            } else {
                sinks.add(i, product);
            }
        }
        Handled::Yes
    }
}

/// a · b. Broadcasts by NumPy's rule.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn mul<'t, E: Elem>(a: Var<'t, E>, b: Var<'t, E>) -> Var<'t, E> {
    a.tape().apply(Mul, &[a, b])
}
