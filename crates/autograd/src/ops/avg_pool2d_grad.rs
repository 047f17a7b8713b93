//! The adjoint of average pooling.
//!
//! x[n, c, i] = 1/|K| Σ y[n, c, p] over the windows p that contain i.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, PoolGeometry, Shape, pooling};

#[derive(Debug)]
struct AvgPool2dGrad(Shape, PoolGeometry);

impl<E: Elem> Op<E> for AvgPool2dGrad {
    fn name(&self) -> &'static str {
        "avg_pool2d_grad"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        pooling::avg_pool2d_grad(x[0], self.0, self.1)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::avg_pool2d(at.grad, self.1))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || pooling::avg_pool2d(at.grad, self.1));
        Handled::Yes
    }
}

/// Spreads y over the windows of an input of shape `input`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn avg_pool2d_grad<E: Elem>(y: Var<'_, E>, input: Shape, g: PoolGeometry) -> Var<'_, E> {
    y.tape().apply(AvgPool2dGrad(input, g), &[y])
}
