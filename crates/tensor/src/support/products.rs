//! Matmuls that skip the zeros of a scanned matrix.

use super::{GROUP, Support};
use crate::extent::numbers;
use crate::kernels::bits::WORD;
use crate::kernels::{ChainStart, KernelTable, Patch};
use crate::outer::columns;
use crate::{Elem, Mat, MatMut, Panels};
use sparring_math::simd;
use std::ops::Range;

impl Support {
    /// [`Panels::left_multiplied_panels`] for the scanned matrix, if that [pays](Self::pays).
    ///
    /// # Panics
    /// If the shapes do not fit or there are no such panels.
    #[track_caller]
    pub fn times_panels<E: Elem>(
        &self,
        a: Mat<'_, E>,
        w: &Panels<E>,
        panels: Range<usize>,
        row: &[E],
        out: MatMut<'_, E>,
    ) {
        let (m, k, [stride, _]) = (a.rows(), a.cols(), a.strides());
        self.check_scanned(a);
        assert!(w.depth() == k && out.rows() == m, "Support: [{m}, {k}] times {} rows", w.depth());
        let cols = w.columns(&panels).len();
        assert!(
            out.cols() == cols && row.len() == cols,
            "Support: {cols} columns, a row of {}, an output of {}",
            row.len(),
            out.cols()
        );
        let table = E::table(simd::isa());
        let (ldc, out, wide) = (out.stride(), out.into_slice(), k.div_ceil(WORD));
        for (j, cols, panel) in w.iter().skip(panels.start).take(panels.len()) {
            let j = j - panels.start * w.width();
            let start = ChainStart::Row(&row[j..]);
            let patch = |i: usize| Patch {
                data: &a.data()[i * stride..],
                row: stride,
                step: 1,
                segment: 0,
                segments: 1,
                k,
            };
            for i in (0..m / GROUP * GROUP).step_by(GROUP) {
                let steps = &self.by_rows[i / GROUP * wide..][..wide];
                for i in (i..i + GROUP).step_by(table.chosen_rows()) {
                    let out = &mut out[i * ldc + j..];
                    table.chosen_tile(cols, patch(i), steps, panel, w.width(), start, out, ldc);
                }
            }
            let done = m / GROUP * GROUP;
            for (i, rows) in table.cut(m - done) {
                let i = done + i;
                table.tile(rows, cols, patch(i), panel, w.width(), start, &mut out[i * ldc + j..], ldc);
            }
        }
    }

    /// [`write_outer`](crate::write_outer), or with `add` [`accumulate_outer`](crate::accumulate_outer), for the columns from `from` on of the matrix that
    /// was scanned, as many as `out` has rows, if that [pays](Self::pays).
    ///
    /// # Panics
    /// If the shapes do not fit, or `from` is not a multiple of 8.
    #[track_caller]
    pub fn outer<E: Elem>(
        &self,
        x: Mat<'_, E>,
        from: usize,
        dy: &[E],
        dy_stride: usize,
        add: bool,
        out: &mut [E],
    ) {
        let table = E::table(simd::isa());
        let (width, [n, k], [step, _]) = (table.panel(), self.extents, x.strides());
        self.check_scanned(x);
        let rows = out.len() / width;
        assert!(
            Some(out.len()) == numbers(&[rows, width])
                && from.is_multiple_of(GROUP)
                && k.checked_sub(from).is_some_and(|left| rows <= left),
            "Support: {} numbers for the columns from {from} on of {k}, in rows of {width}",
            out.len()
        );
        let cols = columns("Support", table, n, dy.len(), dy_stride);
        let start = if add { ChainStart::Out } else { ChainStart::Zero };
        if cols < width && !add {
            out.fill(E::ZERO);
        }
        if cols == 0 {
            return;
        }
        let groups = k.div_ceil(WORD).div_ceil(GROUP);
        for i in (0..rows).step_by(GROUP) {
            let patch = Patch { data: &x.data()[from + i..], row: 1, step, segment: 0, segments: 1, k: n };
            let to = &mut out[i * width..];
            if rows - i < GROUP {
                return rest(table, rows - i, cols, patch, dy, dy_stride, start, to, width);
            }
            let g = (from + i) / GROUP;
            for (w, first) in (0..n).step_by(WORD).enumerate() {
                let steps = self.by_columns[(w * groups + g / WORD) * WORD + g % WORD];
                let start = if w > 0 { ChainStart::Out } else { start };
                let dy = &dy[first * dy_stride..];
                for r in (0..GROUP).step_by(table.chosen_rows()) {
                    let patch = Patch { data: &patch.data[first * step + r..], ..patch };
                    table.chosen_tile(
                        cols,
                        patch,
                        &[steps],
                        dy,
                        dy_stride,
                        start,
                        &mut to[r * width..],
                        width,
                    );
                }
            }
        }
    }
}

/// Columns beyond the last whole group.
fn rest<E: Elem>(
    table: &KernelTable<E>,
    columns: usize,
    cols: usize,
    patch: Patch<'_, E>,
    dy: &[E],
    dy_stride: usize,
    start: ChainStart<'_, E>,
    to: &mut [E],
    width: usize,
) {
    for (i, rows) in table.cut(columns) {
        let patch = Patch { data: &patch.data[i..], ..patch };
        table.tile(rows, cols, patch, dy, dy_stride, start, &mut to[i * width..], width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tensor, accumulate_outer, write_outer};

    /// Most numbers zero.
    fn drawing(rows: usize, cols: usize) -> Tensor {
        Tensor::from_fn([rows, cols], |i| {
            let v = (i * 2654435761) % 10007;
            if v % 23 < 2 { v as f32 / 5003.0 - 1.0 } else { 0.0 }
        })
    }
    fn rough(rows: usize, cols: usize, salt: usize) -> Tensor {
        Tensor::from_fn([rows, cols], |i| ((i * 2654435761 + salt) % 10007) as f32 / 5003.0 - 1.0)
    }

    #[test]
    fn products_have_the_bits_of_the_full_ones() {
        let mut support = Support::default();
        for (m, k, n) in [(8, 8, 1), (64, 784, 64), (29, 101, 70), (17, 30, 33), (130, 40, 33)] {
            let (x, w, b, dz) =
                (drawing(m, k), rough(k, n, 1), rough(1, n, 2), rough(m, n.next_multiple_of(64), 3));
            let a = Mat::new(x.as_slice(), m, k);
            support.find(a);
            assert!(support.pays(), "{m} {k}");
            let panels = Panels::pack(Mat::new(w.as_slice(), k, n));
            let all = 0..n.div_ceil(panels.width());
            let mut out = [vec![f32::NAN; m * n], vec![f32::NAN; m * n]];
            let [full, lean] = &mut out;
            panels.left_multiplied_panels(all.clone(), a, Some(b.as_slice()), MatMut::new(full, m, n));
            support.times_panels(a, &panels, all.clone(), b.as_slice(), MatMut::new(lean, m, n));
            assert_eq!(full, lean, "{m} {k} {n}");
            for from in [0, 8, 24].into_iter().filter(|&f| f < k) {
                for to in [k, (from + 5).min(k)] {
                    let part = Mat::with_strides(&x.as_slice()[from..], m, to - from, k, 1);
                    let mut out =
                        [vec![0.5; (to - from) * panels.width()], vec![0.5; (to - from) * panels.width()]];
                    let [full, lean] = &mut out;
                    let stride = n.next_multiple_of(64);
                    for add in [false, true] {
                        let go = if add { accumulate_outer } else { write_outer };
                        go(part, dz.as_slice(), stride, full);
                        support.outer(a, from, dz.as_slice(), stride, add, lean);
                        assert_eq!(full, lean, "{m} {k} {n} from {from} to {to}");
                    }
                }
            }
        }
    }

    #[test]
    fn dense_matrices_do_not_pay() {
        let mut support = Support::default();
        support.find(Mat::new(rough(64, 64, 1).as_slice(), 64, 64));
        assert!(!support.pays());
    }
}
