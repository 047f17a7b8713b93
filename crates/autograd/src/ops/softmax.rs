//! Softmax over the last axis.
//!
//! pᵢ = e^{xᵢ} / Σⱼ e^{xⱼ}.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, softmax};

#[derive(Debug)]
struct Softmax;

impl<E: Elem> Op<E> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        softmax::softmax(x[0])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (p, g) = (at.output, at.grad);
        let inner = ops::broadcast_to(ops::sum_last(g * p), g.shape());
        vec![at.when(0, || p * (g - inner))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || softmax::softmax_gradient(at.output, at.grad));
        Handled::Yes
    }
}

/// pᵢ = e^{xᵢ} / Σⱼ e^{xⱼ}.
#[track_caller]
pub fn softmax<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(Softmax, &[x])
}
