//! Zeros around an array along one axis: the adjoint of `slice_axis`.
//!
//! y[.., start..start + n, ..] = x, 0 elsewhere.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};

#[derive(Debug)]
struct EmbedAxis {
    axis: usize,
    start: usize,
    len: usize,
}

impl<E: Elem> Op<E> for EmbedAxis {
    fn name(&self) -> &'static str {
        "embed_axis"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::embed_axis(x[0], self.axis, self.start, self.len)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let n = at.inputs[0].shape()[self.axis];
        vec![at.when(0, || ops::slice_axis(at.grad, self.axis, self.start..self.start + n))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let n = at.inputs[0].shape()[self.axis];
        sinks.add(0, || layout::slice_axis(at.grad, self.axis, self.start..self.start + n));
        Handled::Yes
    }
}

/// `x` at `start` of an axis of extent `len`, zeros elsewhere.
///
/// # Panics
/// If `x` does not fit.
#[track_caller]
pub fn embed_axis<E: Elem>(x: Var<'_, E>, axis: usize, start: usize, len: usize) -> Var<'_, E> {
    x.tape().apply(EmbedAxis { axis, start, len }, &[x])
}
