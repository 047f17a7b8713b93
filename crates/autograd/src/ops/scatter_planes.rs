//! Adds elements into image planes: the adjoint of `gather_planes`.
//!
//! x[n, c, i] = Σ y[n, c, p] over the p with index[n, c, p] = i.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Index, Shape, pooling};

#[derive(Debug)]
struct ScatterPlanes {
    index: Index,
    plane: [usize; 2],
}

impl<E: Elem> Op<E> for ScatterPlanes {
    fn name(&self) -> &'static str {
        "scatter_planes"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let s = x[0].shape();
        pooling::scatter_planes(x[0], &self.index, Shape::new(&[s[0], s[1], self.plane[0], self.plane[1]]))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let s = at.inputs[0].shape();
        vec![at.when(0, || ops::gather_planes(at.grad, self.index.clone(), [s[2], s[3]]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let s = at.inputs[0].shape();
        sinks.add(0, || pooling::gather_planes(at.grad, &self.index, [s[2], s[3]]));
        Handled::Yes
    }
}

/// Adds y[n, c, p] into place index[n, c, p] of planes of extent `plane`.
///
/// # Panics
/// If the index does not have one entry for each element of `y`.
#[track_caller]
pub fn scatter_planes<E: Elem>(y: Var<'_, E>, index: Index, plane: [usize; 2]) -> Var<'_, E> {
    y.tape().apply(ScatterPlanes { index, plane }, &[y])
}
