//! Slicing along an axis, and concatenation.

use crate::walk::around;
use crate::{Array, Elem, Shape};
use std::ops::Range;

/// `shape` with another extent along one axis.
fn resized(shape: Shape, axis: usize, extent: usize) -> Shape {
    let mut dims = [1; 4];
    dims[..shape.rank()].copy_from_slice(&shape);
    dims[axis] = extent;
    Shape::new(&dims[..shape.rank()])
}

#[track_caller]
fn axis_exists(op: &str, shape: Shape, axis: usize) {
    assert!(axis < shape.rank(), "{op}: axis {axis} of shape {shape}, which has {} axes", shape.rank());
}

/// The elements of `a` whose index along `axis` lies in `range`.
///
/// # Panics
/// If the axis does not exist or the range leaves it.
///
/// ```
/// use sparring_tensor::{Tensor, layout};
/// let a = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(layout::slice_axis(&a, 1, 1..3).as_slice(), [2.0, 3.0, 5.0, 6.0]);
/// ```
#[track_caller]
pub fn slice_axis<E: Elem>(a: &Array<E>, axis: usize, range: Range<usize>) -> Array<E> {
    let shape = a.shape();
    axis_exists("slice_axis", shape, axis);
    assert!(
        range.start <= range.end && range.end <= shape[axis],
        "slice_axis: {range:?} leaves axis {axis} of shape {shape}"
    );
    let [_, extent, inner] = around(shape, axis..axis + 1);
    let mut out = Array::stale(resized(shape, axis, range.len()));
    let run = range.len() * inner;
    if run > 0 {
        let parts = a.as_slice().chunks_exact(extent * inner);
        for (o, x) in out.as_mut_slice().chunks_exact_mut(run).zip(parts) {
            o.copy_from_slice(&x[range.start * inner..][..run]);
        }
    }
    out
}

/// `a` at `start..` along an axis of extent `len`, zeros around it: the adjoint of [`slice_axis`].
///
/// # Panics
/// If the axis does not exist or `a` does not fit into `len` from `start` on.
#[track_caller]
pub fn embed_axis<E: Elem>(a: &Array<E>, axis: usize, start: usize, len: usize) -> Array<E> {
    let shape = a.shape();
    axis_exists("embed_axis", shape, axis);
    assert!(
        start <= len && shape[axis] <= len - start,
        "embed_axis: shape {shape} does not fit at {start} into an axis {axis} of extent {len}"
    );
    let [_, extent, inner] = around(shape, axis..axis + 1);
    let mut out = Array::zeros(resized(shape, axis, len));
    let run = extent * inner;
    if run > 0 {
        for (o, x) in out.as_mut_slice().chunks_exact_mut(len * inner).zip(a.as_slice().chunks_exact(run)) {
            o[start * inner..][..run].copy_from_slice(x);
        }
    }
    out
}

/// Concatenates arrays along `axis`.
///
/// # Shapes
/// All equal except along `axis`, where the extents add up.
///
/// # Panics
/// If there is no array, the axis does not exist, or the shapes differ elsewhere.
#[track_caller]
pub fn concat<E: Elem>(arrays: &[&Array<E>], axis: usize) -> Array<E> {
    let Some(first) = arrays.first() else { panic!("concat: no arrays, so no shape") };
    let shape = first.shape();
    axis_exists("concat", shape, axis);
    let mut extent = 0;
    for a in arrays {
        let s = a.shape();
        let fits = s.rank() == shape.rank() && resized(s, axis, shape[axis]) == shape;
        assert!(fits, "concat: shapes {shape} and {s} differ beyond axis {axis}");
        extent += s[axis];
    }
    let mut out = Array::stale(resized(shape, axis, extent));
    let [_, extent, inner] = around(out.shape(), axis..axis + 1);
    let pitch = extent * inner;
    if out.is_empty() {
        return out;
    }
    let mut start = 0;
    for a in arrays {
        let run = a.shape()[axis] * inner;
        if run > 0 {
            for (o, x) in out.as_mut_slice().chunks_exact_mut(pitch).zip(a.as_slice().chunks_exact(run)) {
                o[start..][..run].copy_from_slice(x);
            }
        }
        start += run;
    }
    out
}
