//! Weights in the order in which a tile reads them.

use crate::Elem;
use crate::kernels::Door;
use crate::pool::Buffer;

/// A matrix of `depth` rows in panels of columns, each `[depth][panel]`; missing columns are zero.
pub(super) struct Panels<E: Elem> {
    data: Buffer<E>,
    depth: usize,
    cols: usize,
    width: usize,
}

impl<E: Elem> Panels<E> {
    /// Element `(p, j)` is `at(p, j)`.
    pub fn new(door: &Door<E>, depth: usize, cols: usize, at: impl Fn(usize, usize) -> E) -> Self {
        let width = door.panel();
        let mut data = Buffer::stale(depth * cols.next_multiple_of(width));
        for (q, panel) in data.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate() {
            for (p, row) in panel.chunks_mut(width).enumerate() {
                for (j, v) in row.iter_mut().enumerate() {
                    *v = if q * width + j < cols { at(p, q * width + j) } else { E::ZERO };
                }
            }
        }
        Self { data, depth, cols, width }
    }
    /// `(first column, columns that exist, panel)` in order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, &[E])> {
        let starts = (0..self.cols).step_by(self.width);
        starts.map(|j| {
            let from = j * self.depth;
            (j, (self.cols - j).min(self.width), &self.data.as_slice()[from..from + self.depth * self.width])
        })
    }
    /// Distance of rows in a panel.
    pub fn width(&self) -> usize {
        self.width
    }
}
