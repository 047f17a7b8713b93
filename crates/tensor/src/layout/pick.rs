//! Gathering rows and entries by index, and scattering them back.

use crate::{Array, Elem, Shape};

/// Row `i` of the result is row `idx[i]` of `a`; a row may be taken any number of times.
///
/// # Shapes
/// `[n, ..]` to `[idx.len(), ..]`.
///
/// # Panics
/// If the rank is 0 or an index is not below `n`.
#[track_caller]
pub fn gather_rows<E: Elem>(a: &Array<E>, idx: &[usize]) -> Array<E> {
    let [rows, row] = rows("gather_rows", a.shape());
    below("gather_rows", idx, rows, a.shape());
    let mut out = Array::stale(with_rows(a.shape(), idx.len()));
    let x = a.as_slice();
    for (o, &i) in out.as_mut_slice().chunks_exact_mut(row.max(1)).zip(idx) {
        o.copy_from_slice(&x[i * row..][..row]);
    }
    out
}

/// The adjoint of [`gather_rows`]: zeros, then row `idx[i]` `+=` row `i` of `a`, in the order of `i`.
///
/// # Shapes
/// `[idx.len(), ..]` to `[rows, ..]`.
///
/// # Panics
/// If the rank is 0, the number of indices is not that of the rows of `a`, or an index is not below `rows`.
#[track_caller]
pub fn scatter_rows<E: Elem>(a: &Array<E>, idx: &[usize], rows: usize) -> Array<E> {
    let [n, row] = self::rows("scatter_rows", a.shape());
    assert!(n == idx.len(), "scatter_rows: {} indices for the rows of shape {}", idx.len(), a.shape());
    let mut out = Array::zeros(with_rows(a.shape(), rows));
    below("scatter_rows", idx, rows, out.shape());
    let o = out.as_mut_slice();
    for (x, &i) in a.as_slice().chunks_exact(row.max(1)).zip(idx) {
        o[i * row..][..row].iter_mut().zip(x).for_each(|(o, &x)| *o += x);
    }
    out
}

/// `out[i] = a[i, idx[i]]`: one entry of each row, for instance the logit of the label.
///
/// # Shapes
/// `[n, m]` and `n` indices to `[n]`.
///
/// # Panics
/// If the rank is not 2, the number of indices is not `n`, or an index is not below `m`.
#[track_caller]
pub fn select_cols<E: Elem>(a: &Array<E>, idx: &[usize]) -> Array<E> {
    let s = a.shape();
    assert!(s.rank() == 2, "select_cols: shape {s} has rank {}, expects [rows, columns]", s.rank());
    assert!(s[0] == idx.len(), "select_cols: {} indices for the rows of shape {s}", idx.len());
    below("select_cols", idx, s[1], s);
    let x = a.as_slice();
    Array::from_fn([s[0]], |i| x[i * s[1] + idx[i]])
}

/// The adjoint of [`select_cols`]: `out[i, idx[i]] = a[i]`, zeros elsewhere.
///
/// # Shapes
/// `[n]` and `n` indices below `m` to `[n, m]`.
///
/// # Panics
/// If the rank is not 1, the number of indices is not `n`, or an index is not below `m`.
#[track_caller]
pub fn scatter_cols<E: Elem>(a: &Array<E>, idx: &[usize], m: usize) -> Array<E> {
    let s = a.shape();
    assert!(s.rank() == 1, "scatter_cols: shape {s} has rank {}, expects [rows]", s.rank());
    assert!(s[0] == idx.len(), "scatter_cols: {} indices for shape {s}", idx.len());
    let mut out = Array::zeros([s[0], m]);
    below("scatter_cols", idx, m, out.shape());
    let o = out.as_mut_slice();
    for (i, (&x, &j)) in a.as_slice().iter().zip(idx).enumerate() {
        o[i * m + j] = x;
    }
    out
}

/// Number of rows (first axis) and elements in one.
#[track_caller]
fn rows(op: &str, s: Shape) -> [usize; 2] {
    assert!(s.rank() > 0, "{op}: a scalar has no rows, expects shape [n, ..]");
    [s[0], s[1..].iter().product()]
}

fn with_rows(s: Shape, n: usize) -> Shape {
    let mut dims = [1; 4];
    dims[..s.rank()].copy_from_slice(&s);
    dims[0] = n;
    Shape::new(&dims[..s.rank()])
}

#[track_caller]
fn below(op: &str, idx: &[usize], limit: usize, shape: Shape) {
    if let Some(i) = idx.iter().find(|&&i| i >= limit) {
        panic!("{op}: index {i} into shape {shape}, where it must be below {limit}");
    }
}
