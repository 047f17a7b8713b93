//! Arrays one after the other along an axis.
//!
//! y = [x₀ | x₁ | ..].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::ops::Range;

#[derive(Debug)]
struct Concat {
    axis: usize,
}

impl Concat {
    fn ranges(&self, extents: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
        let mut start = 0;
        let range = |n| {
            start += n;
            start - n..start
        };
        extents.map(range).collect()
    }
}

impl<E: Elem> Op<E> for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::concat(x, self.axis)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let ranges = self.ranges(at.inputs.iter().map(|x| x.shape()[self.axis]));
        let part = |(i, r): (usize, Range<usize>)| at.when(i, || ops::slice_axis(at.grad, self.axis, r));
        ranges.into_iter().enumerate().map(part).collect()
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let ranges = self.ranges(at.inputs.iter().map(|x| x.shape()[self.axis]));
        for (i, r) in ranges.into_iter().enumerate() {
            sinks.add(i, || layout::slice_axis(at.grad, self.axis, r));
        }
        Handled::Yes
    }
}

/// Joins arrays along an axis.
///
/// # Panics
/// If there is none, or the other extents differ.
#[track_caller]
pub fn concat<'t, E: Elem>(xs: &[Var<'t, E>], axis: usize) -> Var<'t, E> {
    assert!(!xs.is_empty(), "concat: nothing to join");
    xs[0].tape().apply(Concat { axis }, xs)
}
