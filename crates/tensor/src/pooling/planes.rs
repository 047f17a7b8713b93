//! Picking pixels out of planes by index, and putting them back.

use crate::par::for_each_chunk;
use crate::walk::GRAIN;
use crate::{Array, Elem, Shape};

/// `y[n, c, p] = x[n, c, idx[n, c, p]]`: max pooling as the linear map it is once its winners are known.
///
/// # Shapes
/// `x: [n, c, h, w]`, `idx`: `n·c·oh·ow` indices below `h·w`, `out = [oh, ow]`; result `[n, c, oh, ow]`.
///
/// # Panics
/// If the rank, the number of indices or an index does not fit.
#[track_caller]
pub fn gather_planes<E: Elem>(x: &Array<E>, idx: &[u32], out: [usize; 2]) -> Array<E> {
    let [n, c, h, w] = four("gather_planes", x.shape());
    let mut y = Array::stale([n, c, out[0], out[1]]);
    check("gather_planes", idx, y.len(), x.shape());
    let (from, to) = (h * w, out[0] * out[1]);
    let (x, per) = (x.as_slice(), (GRAIN / from.max(1)).max(1));
    for_each_chunk(y.as_mut_slice(), per * to, 2 * idx.len(), |k, y| {
        let planes = x[k * per * from..].chunks_exact(from.max(1));
        let idx = idx[k * per * to..].chunks_exact(to.max(1));
        for (y, (x, idx)) in y.chunks_exact_mut(to.max(1)).zip(planes.zip(idx)) {
            y.iter_mut().zip(idx).for_each(|(y, &i)| *y = x[i as usize]);
        }
    });
    y
}

/// The adjoint of [`gather_planes`]: zeros, then `dx[n, c, idx[n, c, p]] += dy[n, c, p]`.
///
/// # Shapes
/// `dy: [n, c, oh, ow]`, one index below `h·w` for each of its elements, `input = [n, c, h, w]`; result `[n, c, h, w]`.
///
/// # Panics
/// If the shapes, the number of indices or an index do not fit.
#[track_caller]
pub fn scatter_planes<E: Elem>(dy: &Array<E>, idx: &[u32], input: impl Into<Shape>) -> Array<E> {
    let input = input.into();
    let [n, c, h, w] = four("scatter_planes", input);
    let [dn, dc, oh, ow] = four("scatter_planes", dy.shape());
    assert!([n, c] == [dn, dc], "scatter_planes: gradient {} does not belong to input {input}", dy.shape());
    check("scatter_planes", idx, dy.len(), input);
    let mut dx = Array::stale(input);
    let (from, to) = (oh * ow, h * w);
    let (dy, per) = (dy.as_slice(), (GRAIN / to.max(1)).max(1));
    for_each_chunk(dx.as_mut_slice(), per * to, input.numel() + 2 * idx.len(), |k, dx| {
        dx.fill(E::ZERO);
        let planes = dy[k * per * from..].chunks_exact(from.max(1));
        let idx = idx[k * per * from..].chunks_exact(from.max(1));
        for (dx, (dy, idx)) in dx.chunks_exact_mut(to.max(1)).zip(planes.zip(idx)) {
            dy.iter().zip(idx).for_each(|(&dy, &i)| dx[i as usize] += dy);
        }
    });
    dx
}

#[track_caller]
fn four(op: &str, s: Shape) -> [usize; 4] {
    assert!(s.rank() == 4, "{op}: shape {s} has rank {}, expects [n, c, h, w]", s.rank());
    s.dims4()
}

#[track_caller]
fn check(op: &str, idx: &[u32], wanted: usize, planes: Shape) {
    assert!(idx.len() == wanted, "{op}: {} indices for {wanted} elements", idx.len());
    let pixels = planes[2] * planes[3];
    if let Some(i) = idx.iter().find(|&&i| i as usize >= pixels) {
        panic!("{op}: index {i} in planes of shape {planes}, which have {pixels} pixels");
    }
}
