//! Gathering pixels of each channel by index, and scattering them back.

use crate::par::for_each_chunk;
use crate::walk::GRAIN;
use crate::{Array, Elem, Shape};

/// `y[n, c, p] = x[n, c, idx[n, c, p]]`: max pooling as a linear map, once its argmax is known.
///
/// # Shapes
/// `x: [n, c, h, w]`, `idx`: `n·c·oh·ow` indices below `h·w`, `out = [oh, ow]`; result `[n, c, oh, ow]`.
///
/// # Panics
/// If the rank, the number of indices or an index does not fit.
#[track_caller]
pub fn gather_pixels<E: Elem>(x: &Array<E>, idx: &[u32], out: [usize; 2]) -> Array<E> {
    let [n, c, h, w] = four("gather_pixels", x.shape());
    let mut y = Array::stale([n, c, out[0], out[1]]);
    check("gather_pixels", idx, y.len(), x.shape());
    let (from, to) = (h * w, out[0] * out[1]);
    let (x, per) = (x.as_slice(), (GRAIN / from.max(1)).max(1));
    for_each_chunk(y.as_mut_slice(), per * to, 2 * idx.len(), |k, y| {
        let channels = x[k * per * from..].chunks_exact(from.max(1));
        let idx = idx[k * per * to..].chunks_exact(to.max(1));
        for (y, (x, idx)) in y.chunks_exact_mut(to.max(1)).zip(channels.zip(idx)) {
            y.iter_mut().zip(idx).for_each(|(y, &i)| *y = x[i as usize]);
        }
    });
    y
}

/// The adjoint of [`gather_pixels`]: zeros, then `dx[n, c, idx[n, c, p]] += dy[n, c, p]`.
///
/// # Shapes
/// `dy: [n, c, oh, ow]`, one index below `h·w` for each of its elements, `input = [n, c, h, w]`; result `[n, c, h, w]`.
///
/// # Panics
/// If the shapes, the number of indices or an index do not fit.
#[track_caller]
pub fn scatter_pixels<E: Elem>(dy: &Array<E>, idx: &[u32], input: impl Into<Shape>) -> Array<E> {
    let input = input.into();
    let [n, c, h, w] = four("scatter_pixels", input);
    let [dn, dc, oh, ow] = four("scatter_pixels", dy.shape());
    assert!([n, c] == [dn, dc], "scatter_pixels: gradient {} does not belong to input {input}", dy.shape());
    check("scatter_pixels", idx, dy.len(), input);
    let mut dx = Array::stale(input);
    let (from, to) = (oh * ow, h * w);
    let (dy, per) = (dy.as_slice(), (GRAIN / to.max(1)).max(1));
    for_each_chunk(dx.as_mut_slice(), per * to, input.numel() + 2 * idx.len(), |k, dx| {
        dx.fill(E::ZERO);
        let channels = dy[k * per * from..].chunks_exact(from.max(1));
        let idx = idx[k * per * from..].chunks_exact(from.max(1));
        for (dx, (dy, idx)) in dx.chunks_exact_mut(to.max(1)).zip(channels.zip(idx)) {
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
fn check(op: &str, idx: &[u32], wanted: usize, channels: Shape) {
    assert!(idx.len() == wanted, "{op}: {} indices for {wanted} elements", idx.len());
    let pixels = channels[2] * channels[3];
    if let Some(i) = idx.iter().find(|&&i| i as usize >= pixels) {
        panic!("{op}: index {i} in channels of shape {channels}, which have {pixels} pixels");
    }
}
