//! A matrix kept in the order in which the tile kernel reads it: packed once, multiplied often.

use crate::kernels::{Door, Patch, Start};
use crate::pool::Buffer;
use crate::{Elem, Mat, MatMut, par};
use sparring_math::simd;
use std::ops::Range;

/// A matrix B of `depth` rows in panels of columns, each `[depth][width]`; columns that do not exist are zero.
///
/// The width is that of a tile of the machine's instruction set (32 `f32` with AVX-512), so panels live in memory only, never in files.
#[derive(Clone, Debug)]
pub struct Panels<E: Elem> {
    data: Buffer<E>,
    depth: usize,
    cols: usize,
    width: usize,
}

/// From as many numbers on (256 KB of `f32`) reading a matrix takes longer than a region of threads costs.
const FAR: usize = 1 << 16;
/// Parts into which its columns are cut.
const SHARES: usize = 8;

impl<E: Elem> Panels<E> {
    /// All zeros.
    pub fn zeros(depth: usize, cols: usize) -> Self {
        Self::zeros_for(E::door(simd::isa()), depth, cols)
    }
    /// The matrix that `b` shows.
    pub fn pack(b: Mat<'_, E>) -> Self {
        let mut panels = Self::zeros(b.rows(), b.cols());
        panels.fill(b);
        panels
    }
    /// Element `(p, j)` is `at(p, j)`.
    pub fn from_fn(depth: usize, cols: usize, at: impl Fn(usize, usize) -> E) -> Self {
        Self::new(E::door(simd::isa()), depth, cols, at)
    }
    /// All zeros, for the tiles of one instruction set.
    pub(crate) fn zeros_for(door: &Door<E>, depth: usize, cols: usize) -> Self {
        let width = door.panel();
        let mut data = Buffer::stale(depth * cols.next_multiple_of(width));
        data.as_mut_slice().fill(E::ZERO);
        Self { data, depth, cols, width }
    }
    /// As [`from_fn`](Self::from_fn), for the tiles of one instruction set.
    pub(crate) fn new(door: &Door<E>, depth: usize, cols: usize, at: impl Fn(usize, usize) -> E) -> Self {
        let mut panels = Self::zeros_for(door, depth, cols);
        let width = panels.width;
        for (q, panel) in panels.data.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate() {
            let exist = (cols - q * width).min(width);
            for (p, row) in panel.chunks_mut(width).enumerate() {
                for (j, v) in row[..exist].iter_mut().enumerate() {
                    *v = at(p, q * width + j);
                }
            }
        }
        panels
    }
    /// Takes over another matrix of the same extents.
    ///
    /// # Panics
    /// If the extents differ.
    #[track_caller]
    pub fn fill(&mut self, b: Mat<'_, E>) {
        assert!(
            b.rows() == self.depth && b.cols() == self.cols,
            "Panels: [{}, {}] does not fit into [{}, {}]",
            b.rows(),
            b.cols(),
            self.depth,
            self.cols
        );
        let ([rs, cs], width, depth) = (b.strides(), self.width, self.depth);
        if depth == 0 || self.cols == 0 {
            return;
        }
        let door = E::door(simd::isa());
        for (q, panel) in self.data.as_mut_slice().chunks_mut(depth * width).enumerate() {
            let exist = (self.cols - q * width).min(width);
            let from = &b.data()[q * width * cs..];
            if rs == 1 {
                door.transpose(from, cs, exist, depth, panel, width);
                continue;
            }
            for (p, row) in panel.chunks_mut(width).enumerate() {
                let from = &from[p * rs..];
                if cs == 1 {
                    row[..exist].copy_from_slice(&from[..exist]);
                } else {
                    row[..exist].iter_mut().enumerate().for_each(|(j, v)| *v = from[j * cs]);
                }
            }
        }
    }
    /// Element `(p, j)`.
    pub fn at(&self, p: usize, j: usize) -> E {
        self.data.as_slice()[(j / self.width * self.depth + p) * self.width + j % self.width]
    }
    /// Rows: the inner extent of a product.
    pub fn depth(&self) -> usize {
        self.depth
    }
    /// Columns that exist.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Columns of a panel, and the distance of its rows.
    pub fn width(&self) -> usize {
        self.width
    }
    /// All panels, one after the other.
    pub fn as_slice(&self) -> &[E] {
        self.data.as_slice()
    }
    /// All panels, to change; columns that do not exist must stay zero.
    pub fn as_mut_slice(&mut self) -> &mut [E] {
        self.data.as_mut_slice()
    }
    /// `(first column, columns that exist, panel)` in order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, &[E])> {
        (0..self.cols).step_by(self.width).map(|j| {
            let from = j * self.depth;
            (j, (self.cols - j).min(self.width), &self.data.as_slice()[from..from + self.depth * self.width])
        })
    }
    /// Writes panel `q` of the transpose: `to` receives `[cols][width]`, row j the elements `(q·width .., j)`.
    ///
    /// # Panics
    /// If `to` is shorter or there is no such panel.
    #[track_caller]
    pub fn transposed_panel(&self, q: usize, to: &mut [E]) {
        let (door, width) = (E::door(simd::isa()), self.width);
        assert!(q * width < self.depth, "Panels: no panel {q} in the transpose of {} rows", self.depth);
        let (from, rows) = (q * width, (self.depth - q * width).min(width));
        for (j, cols, panel) in self.iter() {
            door.transpose(&panel[from * width..], width, rows, cols, &mut to[j * width..], width);
        }
    }

    /// out = row + a · self: each element one chain of multiply-adds over K begun at `row` (a bias; `None`: 0). One thread, but for a single row
    /// of a large matrix: that takes as long as reading the matrix, and threads share it.
    ///
    /// # Shapes
    /// `a` \[m, depth\], `row` \[cols\], `out` \[m, cols\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn left_multiplied(&self, a: Mat<'_, E>, row: Option<&[E]>, out: MatMut<'_, E>) {
        let door = E::door(simd::isa());
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
        let ([rs, cs], out) = (a.strides(), out.into_slice());
        let segments = usize::from(self.depth > 0);
        if m == 1 && self.data.as_slice().len() >= FAR {
            // Two tasks a thread at least: one that is disturbed leaves the rest to the others.
            let size = (self.cols / SHARES).next_multiple_of(self.width);
            let (k, out) = (self.depth, &mut out[..self.cols]);
            par::for_each_chunk(out, size, self.data.as_slice().len(), |i, out| {
                let patch = Patch { data: a.data(), row: rs, step: cs, segment: 0, segments, k };
                for (q, out) in out.chunks_mut(self.width).enumerate() {
                    let j = i * size + q * self.width;
                    let start = row.map_or(Start::Zero, |r| Start::Row(&r[j..]));
                    let panel = &self.data.as_slice()[j * k..][..k * self.width];
                    door.tile(1, out.len(), patch, panel, self.width, start, out, out.len());
                }
            });
            return;
        }
        self.tiles(
            0..self.cols.div_ceil(self.width),
            0..self.depth,
            a,
            row.map_or(Start::Zero, Start::Row),
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
        let start = row.map_or(Start::Zero, Start::Row);
        self.tiles(panels, 0..self.depth, a, start, out.into_slice(), ldc);
    }
    /// out = a · the rows `rows` of self, or that added to `out`, each chain going on; one thread.
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
            rows.end <= self.depth && a.cols() == rows.len() && out.rows() == m && out.cols() == self.cols,
            "Panels: [{m}, {}] times rows {rows:?} of [{}, {}] does not give [{}, {}]",
            a.cols(),
            self.depth,
            self.cols,
            out.rows(),
            out.cols()
        );
        let start = if add { Start::Out } else { Start::Zero };
        self.tiles(0..self.cols.div_ceil(self.width), rows, a, start, out.into_slice(), ldc);
    }
    /// The columns of some panels.
    ///
    /// # Panics
    /// If there are no such panels.
    #[track_caller]
    pub fn columns(&self, panels: &Range<usize>) -> Range<usize> {
        assert!(panels.end <= self.cols.div_ceil(self.width), "Panels: no panels {panels:?}");
        panels.start * self.width..(panels.end * self.width).min(self.cols)
    }
    /// Takes over the transpose of some panels of `other`.
    ///
    /// # Panics
    /// If the extents differ or there are no such panels.
    #[track_caller]
    pub fn fill_from_transposed(&mut self, other: &Self, panels: &Range<usize>) {
        let (door, width, cols) = (E::door(simd::isa()), self.width, other.columns(panels));
        assert!(
            self.depth == cols.len() && self.cols == other.depth,
            "Panels: not the extents of the transpose"
        );
        let size = (self.depth * width).max(1);
        for (q, to) in self.data.as_mut_slice().chunks_mut(size).enumerate() {
            let (from, rows) = (q * width, (other.depth - q * width).min(width));
            for (j, cols, panel) in other.iter().skip(panels.start).take(panels.len()) {
                let at = (j - panels.start * width) * width;
                door.transpose(&panel[from * width..], width, rows, cols, &mut to[at..], width);
            }
        }
    }
    /// The tiles of the columns of some panels over some rows; `start` and `out` begin with the first of these columns.
    #[inline]
    fn tiles(
        &self,
        panels: Range<usize>,
        depth: Range<usize>,
        a: Mat<'_, E>,
        start: Start<'_, E>,
        out: &mut [E],
        ldc: usize,
    ) {
        let (door, m, [rs, cs]) = (E::door(simd::isa()), a.rows(), a.strides());
        let (k, segments, first) = (depth.len(), usize::from(!depth.is_empty()), panels.start);
        for (j, cols, panel) in self.iter().skip(first).take(panels.len()) {
            let j = j - first * self.width;
            let start = match start {
                Start::Row(row) => Start::Row(&row[j..]),
                other => other,
            };
            let panel = &panel[depth.start * self.width..];
            for (i, rows) in door.cut(m) {
                let data = if segments > 0 { &a.data()[i * rs..] } else { &[] };
                let patch = Patch { data, row: rs, step: cs, segment: 0, segments, k };
                door.tile(rows, cols, patch, panel, self.width, start, &mut out[i * ldc + j..], ldc);
            }
        }
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

    #[test]
    fn panels_hold_the_matrix_and_its_transpose() {
        let w = rough(70, 45, 1);
        for b in [Mat::new(w.as_slice(), 70, 45), Mat::new(w.as_slice(), 70, 45).t()] {
            let ([rs, cs], panels) = (b.strides(), Panels::pack(b));
            let mut other = Panels::zeros(b.cols(), b.rows());
            let size = other.depth() * other.width();
            for (q, to) in other.as_mut_slice().chunks_mut(size).enumerate() {
                panels.transposed_panel(q, to);
            }
            let last = panels.cols().div_ceil(panels.width()) - 1;
            let mut part = Panels::zeros(panels.columns(&(last..last + 1)).len(), b.rows());
            part.fill_from_transposed(&panels, &(last..last + 1));
            for j in 0..part.depth() {
                for p in 0..b.rows() {
                    assert_eq!(part.at(j, p), panels.at(p, last * panels.width() + j));
                }
            }
            for p in 0..b.rows() {
                for j in 0..b.cols() {
                    let v = w.as_slice()[p * rs + j * cs];
                    assert_eq!((panels.at(p, j), other.at(j, p)), (v, v));
                }
            }
            let sum: f32 = panels.as_slice().iter().map(|v| v.abs()).sum();
            let expected: f32 = w.as_slice().iter().map(|v| v.abs()).sum();
            assert!((sum - expected).abs() < 1e-2, "columns that do not exist are zero");
        }
    }
}
