//! A packed matrix: stored in the order in which the tile kernel reads it, packed once and multiplied often.

use crate::extent::allocatable;
use crate::kernels::KernelTable;
use crate::pool::Buffer;
use crate::{Elem, Mat};
use sparring_math::simd;
use std::ops::Range;

mod products;

/// A matrix B of `depth` rows in panels of columns, each `[depth][width]`; columns that do not exist are zero.
///
/// The width is that of a tile of the instruction set in use (32 `f32` with AVX-512), so panels are kept in memory only, never in files.
#[derive(Clone, Debug)]
pub struct Panels<E: Elem> {
    data: Buffer<E>,
    depth: usize,
    cols: usize,
    width: usize,
}

impl<E: Elem> Panels<E> {
    /// All zeros.
    ///
    /// # Panics
    /// If the size overflows the address space, as in every constructor of panels.
    #[track_caller]
    pub fn zeros(depth: usize, cols: usize) -> Self {
        Self::zeros_for(E::table(simd::isa()), depth, cols)
    }
    /// A copy of the matrix `b`.
    #[track_caller]
    pub fn pack(b: Mat<'_, E>) -> Self {
        let mut panels = Self::zeros(b.rows(), b.cols());
        panels.fill(b);
        panels
    }
    /// Element `(p, j)` is `at(p, j)`.
    #[track_caller]
    pub fn from_fn(depth: usize, cols: usize, at: impl Fn(usize, usize) -> E) -> Self {
        Self::new(E::table(simd::isa()), depth, cols, at)
    }
    /// All zeros, for the tiles of one instruction set.
    #[track_caller]
    pub(crate) fn zeros_for(table: &KernelTable<E>, depth: usize, cols: usize) -> Self {
        let width = table.panel();
        let mut data = Buffer::stale(allocatable("Panels", &[depth, cols.div_ceil(width), width]));
        data.as_mut_slice().fill(E::ZERO);
        Self { data, depth, cols, width }
    }
    /// As [`from_fn`](Self::from_fn), for the tiles of one instruction set.
    #[track_caller]
    pub(crate) fn new(
        table: &KernelTable<E>,
        depth: usize,
        cols: usize,
        at: impl Fn(usize, usize) -> E,
    ) -> Self {
        let mut panels = Self::zeros_for(table, depth, cols);
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
    /// Overwrites it with another matrix of the same extents.
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
        let table = E::table(simd::isa());
        for (q, panel) in self.data.as_mut_slice().chunks_mut(depth * width).enumerate() {
            let exist = (self.cols - q * width).min(width);
            let from = &b.data()[q * width * cs..];
            if rs == 1 {
                table.transpose(from, cs, exist, depth, panel, width);
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
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn at(&self, p: usize, j: usize) -> E {
        assert!(
            p < self.depth && j < self.cols,
            "Panels: no element ({p}, {j}) of [{}, {}]",
            self.depth,
            self.cols
        );
        self.data.as_slice()[(j / self.width * self.depth + p) * self.width + j % self.width]
    }
    /// Rows: the inner extent of a matmul.
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
        let (table, width) = (E::table(simd::isa()), self.width);
        let panels = self.depth.div_ceil(width);
        assert!(q < panels, "Panels: no panel {q} in the transpose of {} rows", self.depth);
        let wanted = self.cols * width;
        assert!(
            to.len() >= wanted,
            "Panels: {} numbers for {} rows of {width} in the transpose",
            to.len(),
            self.cols
        );
        let (from, rows) = (q * width, (self.depth - q * width).min(width));
        for (j, cols, panel) in self.iter() {
            table.transpose(&panel[from * width..], width, rows, cols, &mut to[j * width..], width);
        }
    }

    /// The columns of some panels.
    ///
    /// # Panics
    /// If there are no such panels.
    #[track_caller]
    pub fn columns(&self, panels: &Range<usize>) -> Range<usize> {
        let all = self.cols.div_ceil(self.width);
        assert!(panels.start <= panels.end && panels.end <= all, "Panels: no panels {panels:?} of {all}");
        panels.start * self.width..(panels.end * self.width).min(self.cols)
    }
    /// Overwrites it with the transpose of some panels of `other`.
    ///
    /// # Panics
    /// If the extents differ or there are no such panels.
    #[track_caller]
    pub fn fill_from_transposed(&mut self, other: &Self, panels: &Range<usize>) {
        let (table, width, cols) = (E::table(simd::isa()), self.width, other.columns(panels));
        assert!(
            self.depth == cols.len() && self.cols == other.depth,
            "Panels: [{}, {}] is not the transpose of [{}, {}]",
            self.depth,
            self.cols,
            other.depth,
            cols.len()
        );
        let size = (self.depth * width).max(1);
        for (q, to) in self.data.as_mut_slice().chunks_mut(size).enumerate() {
            let (from, rows) = (q * width, (other.depth - q * width).min(width));
            for (j, cols, panel) in other.iter().skip(panels.start).take(panels.len()) {
                let at = (j - panels.start * width) * width;
                table.transpose(&panel[from * width..], width, rows, cols, &mut to[at..], width);
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
