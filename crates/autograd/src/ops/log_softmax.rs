//! Logarithm of the softmax over the last axis.
//!
//! xᵢ − ln Σⱼ e^{xⱼ}.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, softmax};

#[derive(Debug)]
struct LogSoftmax;

impl<E: Elem> Op<E> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        softmax::log_softmax(x[0])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let g = at.grad;
        let total = ops::broadcast_to(ops::sum_last(g), g.shape());
        vec![at.when(0, || g - ops::exp(at.output) * total)]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || softmax::log_softmax_gradient(at.output, at.grad));
        Handled::Yes
    }
}

/// xᵢ − ln Σⱼ e^{xⱼ}.
#[track_caller]
pub fn log_softmax<'t, E: Elem>(x: Var<'t, E>) -> Var<'t, E> {
    x.tape().apply(LogSoftmax, &[x])
}
