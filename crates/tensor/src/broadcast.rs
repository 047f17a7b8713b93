//! Repeating along axes, and the sum that undoes it in a gradient.

use crate::par::for_each_chunk;
use crate::walk::{Walk, repeat_strides};
use crate::{Array, Elem, Keep, Shape, reduce};

/// `a` repeated along its axes of extent 1 and along missing leading axes.
///
/// # Shapes
/// `a` must broadcast to `shape` by NumPy's rule.
///
/// # Panics
/// If it does not.
///
/// ```
/// use sparring_tensor::{Tensor, broadcast};
/// let column = Tensor::from([[1.0], [2.0]]);
/// assert_eq!(broadcast::broadcast_to(&column, [2, 3]).as_slice(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
/// ```
#[track_caller]
pub fn broadcast_to<E: Elem>(a: &Array<E>, shape: impl Into<Shape>) -> Array<E> {
    let (from, shape) = (a.shape(), shape.into());
    assert!(
        from.broadcast(&shape) == Some(shape),
        "broadcast_to: shape {from} does not broadcast to {shape}"
    );
    if from.numel() == shape.numel() {
        return a.reshape(shape);
    }
    let mut out = Array::stale(shape);
    if out.is_empty() {
        return out;
    }
    let walk = Walk::new(shape.dims4(), [repeat_strides(from, shape)]);
    let x = a.as_slice();
    for_each_chunk(out.as_mut_slice(), walk.chunk(), shape.numel(), |k, o| {
        walk.runs(k, o, |o, [i]| match walk.steps() {
            [0] => o.fill(x[i]),
            _ => o.copy_from_slice(&x[i..][..o.len()]),
        });
    });
    out
}

/// Sums the axes along which `shape` would be repeated to fill `a`: the adjoint of [`broadcast_to`].
///
/// The order of every sum is fixed by the shapes (see [`reduce`]).
///
/// # Shapes
/// `shape` must broadcast to the shape of `a`.
///
/// # Panics
/// If it does not.
#[track_caller]
pub fn sum_to<E: Elem>(a: &Array<E>, shape: impl Into<Shape>) -> Array<E> {
    let (from, shape) = (a.shape(), shape.into());
    if from == shape {
        return a.clone();
    }
    assert!(
        shape.broadcast(&from) == Some(from),
        "sum_to: shape {from} is not a broadcast of {shape}, so it cannot be summed to it"
    );
    let (wide, narrow) = (from.dims4(), shape.dims4());
    let lead = 4 - from.rank();
    let mut axes = [0; 4];
    let mut n = 0;
    for d in (lead..4).filter(|&d| wide[d] != narrow[d]) {
        axes[n] = d - lead;
        n += 1;
    }
    reduce::sum_axes(a, &axes[..n], Keep::Keep).reshape(shape)
}
