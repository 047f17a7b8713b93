//! Matmuls with a matrix in panels.

use super::Panels;
use crate::kernels::{ChainStart, Patch};
use crate::{Elem, Mat, MatMut, par};
use sparring_math::simd;
use std::ops::Range;

/// Number of elements (256 KB of `f32`) from which on reading a matrix takes longer than starting a parallel region.
const FAR: usize = 1 << 16;
/// Pieces into which its columns are cut.
const SHARES: usize = 8;

impl<E: Elem> Panels<E> {
    /// out = row + a · self: each element one chain of multiply-adds over K started at `row` (a bias; `None`: 0). One thread, except for a single row
    /// of `a` and a large matrix: that is bound by reading the matrix, and threads share it.
    ///
    /// # Shapes
    /// `a` \[m, depth\], `row` \[cols\], `out` \[m, cols\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn left_multiplied(&self, a: Mat<'_, E>, row: Option<&[E]>, out: MatMut<'_, E>) {
        let table = E::table(simd::isa());
        let (m, ldc) = (a.rows(), out.stride());
        assert!(
            a.cols() == self.depth && out.rows() == m && out.cols() == self.cols,
            "Panels: [{m}, {}] times [{}, {}] does not give [{}, {}]",
            a.cols(),
            self.depth,
            self.cols,
            out.rows(),
            out.cols()
        );
        long_enough(row, self.cols);
        let ([rs, cs], out) = (a.strides(), out.into_slice());
        let segments = usize::from(self.depth > 0);
        if m == 1 && self.data.as_slice().len() >= FAR {
            // At least two tasks a thread: one that is descheduled leaves the rest to the others.
            let size = (self.cols / SHARES).max(1).next_multiple_of(self.width);
            let (k, out) = (self.depth, &mut out[..self.cols]);
            par::for_each_chunk(out, size, self.data.as_slice().len(), |i, out| {
                let patch = Patch { data: a.data(), row: rs, step: cs, segment: 0, segments, k };
                for (q, out) in out.chunks_mut(self.width).enumerate() {
                    let j = i * size + q * self.width;
                    let start = row.map_or(ChainStart::Zero, |r| ChainStart::Row(&r[j..]));
                    let panel = &self.data.as_slice()[j * k..][..k * self.width];
                    table.tile(1, out.len(), patch, panel, self.width, start, out, out.len());
                }
            });
            return;
        }
        self.tiles(
            0..self.cols.div_ceil(self.width),
            0..self.depth,
            a,
            row.map_or(ChainStart::Zero, ChainStart::Row),
            out,
            ldc,
        );
    }
    /// As [`left_multiplied`](Self::left_multiplied) for the columns of some panels, on one thread: `row` and `out` hold these columns only.
    ///
    /// # Panics
    /// If the shapes do not fit or there are no such panels.
    #[track_caller]
    pub fn left_multiplied_panels(
        &self,
        panels: Range<usize>,
        a: Mat<'_, E>,
        row: Option<&[E]>,
        out: MatMut<'_, E>,
    ) {
        let (m, ldc) = (a.rows(), out.stride());
        let cols = self.columns(&panels).len();
        assert!(
            a.cols() == self.depth && out.rows() == m && out.cols() == cols,
            "Panels: [{m}, {}] times [{}, {cols}] does not give [{}, {}]",
            a.cols(),
            self.depth,
            out.rows(),
            out.cols()
        );
        long_enough(row, cols);
        let start = row.map_or(ChainStart::Zero, ChainStart::Row);
        self.tiles(panels, 0..self.depth, a, start, out.into_slice(), ldc);
    }
    /// out = a · the rows `rows` of self, or that accumulated into `out`, continuing its chains; one thread.
    ///
    /// # Shapes
    /// `a` \[m, rows\], `out` \[m, cols\].
    ///
    /// # Panics
    /// If the shapes do not fit or there are no such rows.
    #[track_caller]
    pub fn left_multiplied_rows(&self, rows: Range<usize>, a: Mat<'_, E>, add: bool, out: MatMut<'_, E>) {
        let (m, ldc) = (a.rows(), out.stride());
        assert!(
            rows.start <= rows.end
                && rows.end <= self.depth
                && a.cols() == rows.len()
                && out.rows() == m
                && out.cols() == self.cols,
            "Panels: [{m}, {}] times rows {rows:?} of [{}, {}] does not give [{}, {}]",
            a.cols(),
            self.depth,
            self.cols,
            out.rows(),
            out.cols()
        );
        let start = if add { ChainStart::Out } else { ChainStart::Zero };
        self.tiles(0..self.cols.div_ceil(self.width), rows, a, start, out.into_slice(), ldc);
    }
    /// The tiles of the columns of some panels over some rows; `start` and `out` begin with the first of these columns.
    #[inline]
    #[track_caller]
    fn tiles(
        &self,
        panels: Range<usize>,
        depth: Range<usize>,
        a: Mat<'_, E>,
        start: ChainStart<'_, E>,
        out: &mut [E],
        ldc: usize,
    ) {
        let (table, m, [rs, cs]) = (E::table(simd::isa()), a.rows(), a.strides());
        let (k, segments, first) = (depth.len(), usize::from(!depth.is_empty()), panels.start);
        let tiles = table.cut(m);
        // A matrix without rows may have more columns than could be counted.
        if m == 0 {
            return;
        }
        for (j, cols, panel) in self.iter().skip(first).take(panels.len()) {
            let j = j - first * self.width;
            let start = match start {
                ChainStart::Row(row) => ChainStart::Row(&row[j..]),
                other => other,
            };
            let panel = &panel[depth.start * self.width..];
            for (i, rows) in tiles.clone() {
                let data = if segments > 0 { &a.data()[i * rs..] } else { &[] };
                let patch = Patch { data, row: rs, step: cs, segment: 0, segments, k };
                table.tile(rows, cols, patch, panel, self.width, start, &mut out[i * ldc + j..], ldc);
            }
        }
    }
}

#[track_caller]
fn long_enough<E>(row: Option<&[E]>, cols: usize) {
    if let Some(row) = row {
        assert!(row.len() >= cols, "Panels: a row of {} numbers for {cols} columns", row.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    fn rough(rows: usize, cols: usize, salt: usize) -> Tensor {
        Tensor::from_fn([rows, cols], |i| ((i * 2654435761 + salt) % 10007) as f32 / 5003.0 - 1.0)
    }

    #[test]
    fn products_have_the_bits_of_gemm() {
        for (m, k, n) in
            [(1, 1, 1), (1, 1100, 1001), (5, 7, 3), (14, 32, 32), (29, 100, 65), (64, 0, 10), (33, 784, 128)]
        {
            let (a, w, b) = (rough(m, k, 1), rough(n, k, 2), rough(1, n, 3));
            let expected = crate::linear(&a, &w, Some(&b.reshape([n])));
            let panels = Panels::pack(Mat::new(w.as_slice(), n, k).t());
            let mut out = vec![f32::NAN; m * (n + 5)];
            let into = MatMut::with_stride(&mut out, m, n, n + 5);
            panels.left_multiplied(Mat::new(a.as_slice(), m, k), Some(b.as_slice()), into);
            for i in 0..m {
                assert_eq!(out[i * (n + 5)..][..n], expected.as_slice()[i * n..][..n], "{m} {k} {n} row {i}");
            }
            let (all, cut) = (n.div_ceil(panels.width()), n.div_ceil(panels.width()) / 2);
            for some in [0..cut, cut..all] {
                let columns = panels.columns(&some);
                let (a, into) = (Mat::new(a.as_slice(), m, k), MatMut::new(&mut out, m, columns.len()));
                panels.left_multiplied_panels(some, a, Some(&b.as_slice()[columns.clone()]), into);
                for i in 0..m {
                    let row = &out[i * columns.len()..][..columns.len()];
                    assert_eq!(row, &expected.as_slice()[i * n..][columns.clone()], "{m} {k} {n} row {i}");
                }
            }
            let whole = Mat::new(a.as_slice(), m, k);
            let mut parts = vec![f32::NAN; m * n];
            panels.left_multiplied(whole, None, MatMut::new(&mut out, m, n));
            for (rows, add) in [(0..k / 3, false), (k / 3..k, true)] {
                let a = Mat::with_strides(a.as_slice().get(rows.start..).unwrap_or(&[]), m, rows.len(), k, 1);
                panels.left_multiplied_rows(rows, a, add, MatMut::new(&mut parts, m, n));
            }
            assert_eq!(parts, out[..m * n]);
        }
    }
}
