//! Linear layer: an affine map of rows, the bias fused into the matmul.
//!
//! Y = X Wᵀ + b; X `[n, in]`, W `[out, in]` (PyTorch's layout), b `[out]`.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Trans, channel_sum, linear as forward, matmul, matmul_acc};

#[derive(Debug)]
struct Linear;

impl<E: Elem> Op<E> for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        forward(x[0], x[1], x.get(2).copied())
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (x, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        let mut out =
            vec![at.when(0, || ops::matmul(g, w)), at.when(1, || ops::matmul_t(g, Trans::Yes, x, Trans::No))];
        if let Some(b) = at.inputs.get(2) {
            out.push(at.when(2, || ops::sum_to(g, b.shape())));
        }
        out
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        for (i, t, other) in [(0, Trans::No, w), (1, Trans::Yes, x)] {
            sinks.join(i, || matmul(g, t, other, Trans::No), |sum| matmul_acc(g, t, other, Trans::No, sum));
        }
        if at.inputs.len() > 2 {
            sinks.add(2, || channel_sum(g));
        }
        Handled::Yes
    }
}

/// X Wᵀ + b; X `[n, in]`, W `[out, in]`, b `[out]` or `None`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn linear<'t, E: Elem>(x: Var<'t, E>, w: Var<'t, E>, b: Option<Var<'t, E>>) -> Var<'t, E> {
    match b {
        Some(b) => x.tape().apply(Linear, &[x, w, b]),
        None => x.tape().apply(Linear, &[x, w]),
    }
}
