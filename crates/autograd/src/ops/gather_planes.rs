//! Picks elements of each image plane: what max pooling does once its winners are known.
//!
//! y[n, c, p] = x[n, c, index[n, c, p]].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Index, PoolGeometry, pooling};

#[derive(Debug)]
struct GatherPlanes {
    index: Index,
    out: [usize; 2],
}

impl<E: Elem> Op<E> for GatherPlanes {
    fn name(&self) -> &'static str {
        "gather_planes"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        pooling::gather_planes(x[0], &self.index, self.out)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let s = at.inputs[0].shape();
        vec![at.when(0, || ops::scatter_planes(at.grad, self.index.clone(), [s[2], s[3]]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || pooling::scatter_planes(at.grad, &self.index, at.inputs[0].shape()));
        Handled::Yes
    }
}

/// y[n, c, p] = x[n, c, index[n, c, p]], planes of extent `out`.
///
/// # Panics
/// If the index does not have one entry for each output.
#[track_caller]
pub fn gather_planes<E: Elem>(x: Var<'_, E>, index: Index, out: [usize; 2]) -> Var<'_, E> {
    x.tape().apply(GatherPlanes { index, out }, &[x])
}

/// Largest value of each window; the gradient goes to the first winner, as in PyTorch.
///
/// # Panics
/// If the window does not fit.
#[track_caller]
pub fn max_pool2d<E: Elem>(x: Var<'_, E>, g: PoolGeometry) -> Var<'_, E> {
    let (value, index) = pooling::max_pool2d(&x.value(), g);
    let s = value.shape();
    x.tape().record(value, GatherPlanes { index, out: [s[2], s[3]] }, &[x])
}
