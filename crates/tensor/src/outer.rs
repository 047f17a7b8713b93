//! Sums of outer products: the weight gradient in the layout of [`Panels`](crate::Panels), block by block.

use crate::extent::{numbers, span};
use crate::kernels::{ChainStart, KernelTable, Patch};
use crate::{Elem, Mat};
use sparring_math::simd;

/// out = Σ over the rows n of `x` of x\[n, i\] · dy\[n, j\]: a block of a weight gradient in the layout of [`Panels`](crate::Panels). One thread; each element is one
/// chain over the rows.
///
/// # Shapes
/// `x` \[n, rows\]; `dy` holds `n` rows, `dy_stride` apart, whole vectors as far as columns exist (zeros after the last one); `out` \[rows\]\[width\].
///
/// # Panics
/// If the shapes do not fit, or `dy` ends before its last row begins.
#[track_caller]
pub fn write_outer<E: Elem>(x: Mat<'_, E>, dy: &[E], dy_stride: usize, out: &mut [E]) {
    outer(x, dy, dy_stride, ChainStart::Zero, out);
}

/// As [`write_outer`], accumulating into `out`: a batch may be cut between any two rows and no bit changes.
///
/// # Panics
/// If the shapes do not fit, or `dy` ends before its last row begins.
#[track_caller]
pub fn accumulate_outer<E: Elem>(x: Mat<'_, E>, dy: &[E], dy_stride: usize, out: &mut [E]) {
    outer(x, dy, dy_stride, ChainStart::Out, out);
}

#[track_caller]
fn outer<E: Elem>(x: Mat<'_, E>, dy: &[E], dy_stride: usize, start: ChainStart<'_, E>, out: &mut [E]) {
    let table = E::table(simd::isa());
    let (width, [step, row]) = (table.panel(), x.strides());
    assert!(
        Some(out.len()) == numbers(&[x.cols(), width]),
        "outer: {} numbers for {} rows of {width}",
        out.len(),
        x.cols()
    );
    let cols = columns("outer", table, x.rows(), dy.len(), dy_stride);
    if cols < width && !matches!(start, ChainStart::Out) {
        out.fill(E::ZERO);
    }
    if cols == 0 {
        return;
    }
    for (i, rows) in table.cut(x.cols()) {
        let patch = Patch { data: &x.data()[i * row..], row, step, segment: 0, segments: 1, k: x.rows() };
        table.tile(rows, cols, patch, dy, dy_stride, start, &mut out[i * width..], width);
    }
}

/// Columns in each of `n` rows, `stride` apart, of `len` numbers: whole vectors, at most a panel. The last row may end with its columns.
///
/// # Panics
/// If the last row begins after the end of the slice.
#[track_caller]
pub(crate) fn columns<E: Elem>(
    op: &str,
    table: &KernelTable<E>,
    n: usize,
    len: usize,
    stride: usize,
) -> usize {
    // Up to the first number of the last row, that one not included.
    let Some(before) = span([(n, stride)]).map(|s| s.saturating_sub(1)).filter(|&b| b <= len) else {
        panic!("{op}: {len} numbers do not hold {n} rows at a stride of {stride}");
    };
    let exist = if n == 0 { 0 } else { len - before };
    table.panel().min(exist) / table.lanes() * table.lanes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Panels, Tensor};

    fn rough(rows: usize, cols: usize, salt: usize) -> Tensor {
        Tensor::from_fn([rows, cols], |i| ((i * 2654435761 + salt) % 10007) as f32 / 5003.0 - 1.0)
    }

    #[test]
    fn outer_products_go_on_where_a_cut_left_them() {
        let (n, k) = (37, 50);
        let width = Panels::<f32>::zeros(1, 1).width();
        let (x, dy) = (rough(n, k, 1), rough(n, width, 2));
        let whole = |cuts: &[usize]| {
            let mut out = vec![f32::NAN; k * width];
            for (i, c) in cuts.windows(2).enumerate() {
                let part = Mat::new(&x.as_slice()[c[0] * k..], c[1] - c[0], k);
                let go = if i == 0 { write_outer } else { accumulate_outer };
                go(part, &dy.as_slice()[c[0] * width..], width, &mut out);
            }
            out
        };
        let got = whole(&[0, n]);
        assert_eq!(got, whole(&[0, 5, 5, 20, n]));
        for i in 0..k {
            for j in 0..width {
                let sum: f64 = (0..n)
                    .map(|r| f64::from(x.as_slice()[r * k + i]) * f64::from(dy.as_slice()[r * width + j]))
                    .sum();
                assert!((f64::from(got[i * width + j]) - sum).abs() < 1e-4);
            }
        }
    }
}
