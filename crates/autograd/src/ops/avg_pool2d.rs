//! Average pooling; padding counts as zeros, as in PyTorch.
//!
//! y[n, c, p] = 1/|K| Σ_k x[n, c, s p + k − pad].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, PoolGeometry, pooling};

#[derive(Debug)]
struct AvgPool2d(PoolGeometry);

impl<E: Elem> Op<E> for AvgPool2d {
    fn name(&self) -> &'static str {
        "avg_pool2d"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        pooling::avg_pool2d(x[0], self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::avg_pool2d_grad(at.grad, at.inputs[0].shape(), self.0))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || pooling::avg_pool2d_grad(at.grad, at.inputs[0].shape(), self.0));
        Handled::Yes
    }
}

/// Mean of each window.
///
/// # Panics
/// If the window does not fit.
#[track_caller]
pub fn avg_pool2d<E: Elem>(x: Var<'_, E>, g: PoolGeometry) -> Var<'_, E> {
    x.tape().apply(AvgPool2d(g), &[x])
}
