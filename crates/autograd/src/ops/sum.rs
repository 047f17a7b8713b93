//! Sum of all elements, and the sums and means built on `sum_to`.

use crate::{Var, ops};
use sparring_tensor::{Elem, Shape};

/// Σ x, a scalar.
pub fn sum<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    ops::sum_to(x, Shape::new(&[]))
}

/// Σ x / n, a scalar.
pub fn mean<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    ops::scale(sum(x), E::of(1.0 / x.shape().numel() as f64))
}

/// Sum over the last axis, which stays with extent 1.
///
/// # Panics
/// If `x` is a scalar.
#[track_caller]
pub fn sum_last<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    let shape = x.shape();
    assert!(shape.rank() > 0, "sum_last: a scalar has no last axis");
    let mut dims = shape.dims().to_vec();
    dims[shape.rank() - 1] = 1;
    ops::sum_to(x, dims.as_slice())
}
