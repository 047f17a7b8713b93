//! The gradient of convolution with respect to its weights.
//!
//! w[o, c, k] = Σ_{n, p} x[n, c, s p + k − pad] y[n, o, p].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{self as tensor, Array, ConvGeometry, Elem, Shape};

#[derive(Debug)]
struct Conv2dWeightGrad(Shape, ConvGeometry);

impl<E: Elem> Op<E> for Conv2dWeightGrad {
    fn name(&self) -> &'static str {
        "conv2d_weight_grad"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        tensor::conv2d_weight_grad(x[0], x[1], self.0, self.1)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (x, y, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![
            at.when(0, || ops::conv2d_input_grad(y, g, x.shape(), self.1)),
            at.when(1, || ops::conv2d(x, g, None, self.1)),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, y, g) = (at.inputs[0], at.inputs[1], at.grad);
        sinks.add(0, || tensor::conv2d_input_grad(y, g, x.shape(), self.1));
        sinks.add(1, || tensor::conv2d(x, g, None, self.1));
        Handled::Yes
    }
}

/// The gradient of a convolution with respect to weights of shape `weight` `[out, in, kh, kw]`, for the input
/// x `[n, in, h, w]` and the cotangent y `[n, out, h', w']`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn conv2d_weight_grad<'t, E: Elem>(
    x: Var<'t, E>,
    y: Var<'t, E>,
    weight: Shape,
    g: ConvGeometry,
) -> Var<'t, E> {
    x.tape().apply(Conv2dWeightGrad(weight, g), &[x, y])
}
