//! Two-dimensional convolution (cross-correlation, as everywhere in the field).
//!
//! y[n, o, p] = b[o] + Σ_{c, k} x[n, c, s p + k − pad] w[o, c, k].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{self as tensor, Array, ConvGeometry, Elem, channel_sum};

#[derive(Debug)]
struct Conv2d(ConvGeometry);

impl<E: Elem> Op<E> for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        tensor::conv2d(x[0], x[1], x.get(2).copied(), self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (x, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        let mut out = vec![
            at.when(0, || ops::conv2d_input_grad(g, w, x.shape(), self.0)),
            at.when(1, || ops::conv2d_weight_grad(x, g, w.shape(), self.0)),
        ];
        if let Some(b) = at.inputs.get(2) {
            let channels = b.shape().numel();
            out.push(at.when(2, || ops::reshape(ops::sum_to(g, [1, channels, 1, 1]), b.shape())));
        }
        out
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        sinks.add(0, || tensor::conv2d_input_grad(g, w, x.shape(), self.0));
        sinks.add(1, || tensor::conv2d_weight_grad(x, g, w.shape(), self.0));
        if at.inputs.len() > 2 {
            sinks.add(2, || channel_sum(g));
        }
        Handled::Yes
    }
}

/// Convolution of x `[n, in, h, w]` with w `[out, in, kh, kw]` plus b `[out]`; gives `[n, out, h', w']`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn conv2d<'t, E: Elem>(
    x: Var<'t, E>,
    w: Var<'t, E>,
    b: Option<Var<'t, E>>,
    g: ConvGeometry,
) -> Var<'t, E> {
    match b {
        Some(b) => x.tape().apply(Conv2d(g), &[x, w, b]),
        None => x.tape().apply(Conv2d(g), &[x, w]),
    }
}
