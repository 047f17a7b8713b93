//! Reordering axes.

use crate::par::for_each_chunk;
use crate::walk::Walk;
use crate::{Array, Elem, Shape};

/// Axis `i` of the result is axis `axes[i]` of `a`.
///
/// # Shapes
/// `[n, c, h, w]` by `[0, 2, 3, 1]`: `[n, h, w, c]`.
///
/// # Panics
/// If `axes` does not name every axis of `a` once.
///
/// ```
/// use sparring_tensor::{Tensor, layout};
/// let a = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(layout::permute(&a, &[1, 0]).as_slice(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
#[track_caller]
pub fn permute<E: Elem>(a: &Array<E>, axes: &[usize]) -> Array<E> {
    let (from, rank) = (a.shape(), a.shape().rank());
    let each_once = axes.len() == rank && (0..rank).all(|d| axes.contains(&d));
    assert!(each_once, "permute: axes {axes:?} do not reorder the {rank} axes of shape {from}");
    let (mut dims, mut strides) = ([1; 4], [0; 4]);
    for (i, &axis) in axes.iter().enumerate() {
        dims[4 - rank + i] = from[axis];
        strides[4 - rank + i] = from[axis + 1..].iter().product();
    }
    let shape = Shape::new(&dims[4 - rank..]);
    let walk = Walk::new(dims, [strides]);
    let [steps] = walk.strides;
    if steps[3] == 1 && walk.rows() == 1 {
        return a.reshape(shape);
    }
    let mut out = Array::stale(shape);
    if out.is_empty() {
        return out;
    }
    let x = a.as_slice();
    if steps[3] == 1 {
        for_each_chunk(out.as_mut_slice(), walk.chunk(), shape.numel(), |k, o| {
            walk.runs(k, o, |o, [i]| o.copy_from_slice(&x[i..][..o.len()]));
        });
        return out;
    }
    // Square blocks over the axis that is contiguous in the output and the one that is contiguous in the input, so that both sides of
    // the copy stay in the cache.
    let t = (0..3).find(|&d| steps[d] == 1 && walk.extents[d] > 1).expect("some axis was the last");
    let mut pitch = [0; 4];
    let mut step = 1;
    for d in (0..4).rev() {
        pitch[d] = step;
        step *= walk.extents[d];
    }
    let [p, q] = match t {
        0 => [1, 2],
        1 => [0, 2],
        _ => [0, 1],
    };
    let o = out.as_mut_slice();
    for i in 0..walk.extents[p] {
        for j in 0..walk.extents[q] {
            let (x, o) = (&x[i * steps[p] + j * steps[q]..], &mut o[i * pitch[p] + j * pitch[q]..]);
            tiles(x, steps[3], o, pitch[t], walk.extents[t], walk.extents[3]);
        }
    }
    out
}

/// `o[r · pitch + c] = x[c · step + r]` for `rows x columns`.
fn tiles<E: Elem>(x: &[E], step: usize, o: &mut [E], pitch: usize, rows: usize, columns: usize) {
    const T: usize = 16;
    for r0 in (0..rows).step_by(T) {
        for c0 in (0..columns).step_by(T) {
            let (r1, c1) = ((r0 + T).min(rows), (c0 + T).min(columns));
            for r in r0..r1 {
                let line = &mut o[r * pitch + c0..][..c1 - c0];
                let x = &x[c0 * step + r..];
                for (c, o) in line.iter_mut().enumerate() {
                    *o = x[c * step];
                }
            }
        }
    }
}

/// Rows become columns.
///
/// # Shapes
/// `[n, m]` to `[m, n]`.
///
/// # Panics
/// If the rank is not 2.
#[track_caller]
pub fn transpose<E: Elem>(a: &Array<E>) -> Array<E> {
    assert!(a.shape().rank() == 2, "transpose: shape {} has rank {}, expects 2", a.shape(), a.shape().rank());
    permute(a, &[1, 0])
}
