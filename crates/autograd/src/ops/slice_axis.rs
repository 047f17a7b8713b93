//! A range of one axis.
//!
//! y = x[.., start..end, ..].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::ops::Range;

#[derive(Debug)]
struct SliceAxis {
    axis: usize,
    range: Range<usize>,
}

impl<E: Elem> Op<E> for SliceAxis {
    fn name(&self) -> &'static str {
        "slice_axis"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::slice_axis(x[0], self.axis, self.range.clone())
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let len = at.inputs[0].shape()[self.axis];
        vec![at.when(0, || ops::embed_axis(at.grad, self.axis, self.range.start, len))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let len = at.inputs[0].shape()[self.axis];
        sinks.add(0, || layout::embed_axis(at.grad, self.axis, self.range.start, len));
        Handled::Yes
    }
}

/// Elements `range` of an axis.
///
/// # Panics
/// If the range leaves the axis.
#[track_caller]
pub fn slice_axis<E: Elem>(x: Var<'_, E>, axis: usize, range: Range<usize>) -> Var<'_, E> {
    x.tape().apply(SliceAxis { axis, range }, &[x])
}
