//! The adjoint of convolution in its input: its input gradient, and the transposed convolution.
//!
//! x[n, c, i] = Σ y[n, o, p] w[o, c, k] over all (o, p, k) with i = s p + k − pad.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{self as tensor, Array, ConvGeometry, Elem, Shape};

#[derive(Debug)]
struct Conv2dInputGrad(Shape, ConvGeometry);

impl<E: Elem> Op<E> for Conv2dInputGrad {
    fn name(&self) -> &'static str {
        "conv2d_input_grad"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        tensor::conv2d_input_grad(x[0], x[1], self.0, self.1)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (y, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![
            at.when(0, || ops::conv2d(g, w, None, self.1)),
            at.when(1, || ops::conv2d_weight_grad(g, y, w.shape(), self.1)),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (y, w, g) = (at.inputs[0], at.inputs[1], at.grad);
        sinks.add(0, || tensor::conv2d(g, w, None, self.1));
        sinks.add(1, || tensor::conv2d_weight_grad(g, y, w.shape(), self.1));
        Handled::Yes
    }
}

/// The gradient of a convolution with respect to its input of shape `input` `[n, in, h, w]`, for the cotangent
/// y `[n, out, h', w']` and weights w `[out, in, kh, kw]`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn conv2d_input_grad<'t, E: Elem>(
    y: Var<'t, E>,
    w: Var<'t, E>,
    input: Shape,
    g: ConvGeometry,
) -> Var<'t, E> {
    y.tape().apply(Conv2dInputGrad(input, g), &[y, w])
}
