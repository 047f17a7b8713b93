//! Gathers pixels of each channel by index: max pooling as a linear map, once its argmax is known.
//!
//! y[n, c, p] = x[n, c, index[n, c, p]].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Index, PoolGeometry, pooling};

#[derive(Debug)]
struct GatherPixels {
    index: Index,
    out: [usize; 2],
}

impl<E: Elem> Op<E> for GatherPixels {
    fn name(&self) -> &'static str {
        "gather_pixels"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        pooling::gather_pixels(x[0], &self.index, self.out)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let s = at.inputs[0].shape();
        vec![at.when(0, || ops::scatter_pixels(at.grad, self.index.clone(), [s[2], s[3]]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || pooling::scatter_pixels(at.grad, &self.index, at.inputs[0].shape()));
        Handled::Yes
    }
}

/// y[n, c, p] = x[n, c, index[n, c, p]], channels of extent `out`.
///
/// # Panics
/// If the index does not have one entry for each output.
#[track_caller]
pub fn gather_pixels<E: Elem>(x: Var<'_, E>, index: Index, out: [usize; 2]) -> Var<'_, E> {
    x.tape().apply(GatherPixels { index, out }, &[x])
}

/// Largest value of each window; the gradient goes to the first winner, as in PyTorch.
///
/// # Panics
/// If the window does not fit.
#[track_caller]
pub fn max_pool2d<E: Elem>(x: Var<'_, E>, g: PoolGeometry) -> Var<'_, E> {
    let (value, index) = pooling::max_pool2d(&x.value(), g);
    let s = value.shape();
    x.tape().record(value, GatherPixels { index, out: [s[2], s[3]] }, &[x])
}
