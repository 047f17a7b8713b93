//! The first matmul of a dense network, cut by columns: a thread's panels never leave its cache, and it converts all examples to numbers
//! for itself, which is cheaper than fetching what another core has written.

use super::cut::{Cut, cuts_by_columns};
use super::program::Program;
use sparring_tensor::{Array, Elem, Mat, MatMut, Support, par};
use std::ops::Range;

/// Some examples times some panels.
#[derive(Debug)]
struct Cell<E: Elem> {
    rows: usize,
    capacity: usize,
    /// The examples.
    x: Array<E>,
    /// Where they are zero.
    support: Support,
    /// The columns of the output that are this group's.
    z: Array<E>,
}

/// All cells, those of a group of panels next to each other.
#[derive(Debug)]
pub(super) struct FirstMatmul<E: Elem> {
    cells: Vec<Cell<E>>,
    /// Cells of a group: one for each shard.
    shards: usize,
    groups: usize,
    panels: usize,
}

impl<E: Elem> FirstMatmul<E> {
    /// `None` if the program does not begin with a matmul that alone reads the examples, or its first weight is not worth keeping: outputs, which change cores instead, would be more
    /// than inputs, or the weight more than stays in a cache.
    pub fn new(program: &Program<E>) -> Option<Self> {
        let first = program.weights.first().filter(|_| program.begins_with_matmul())?;
        let (k, n) = (first.forward.depth(), first.forward.cols());
        if !cuts_by_columns(k, n) {
            return None;
        }
        let panels = first.forward.cols().div_ceil(first.forward.width());
        Some(Self { cells: Vec::new(), shards: 0, groups: 0, panels })
    }
    /// The first matmul of a batch; `row(i, to)` writes example `i`. `work` as in [`par`].
    pub fn run(
        &mut self,
        program: &Program<E>,
        cut: Cut,
        work: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
    ) {
        let (block, shards) = (&program.blocks[0], cut.shards());
        let groups = par::threads(work).min(self.panels).max(1);
        if (self.shards, self.groups) != (shards, groups) {
            (self.shards, self.groups) = (shards, groups);
            self.cells.clear();
            let zeros = || Array::zeros([0]);
            let empty = || Cell { rows: 0, capacity: 0, x: zeros(), support: Support::default(), z: zeros() };
            self.cells.resize_with(shards * groups, empty);
        }
        let w = &program.weights[0];
        let (k, stride) = (block.input().len(), block.input().stride());
        let all = self.panels;
        par::for_each_chunk(&mut self.cells, 1, work, |i, cell| {
            let (cell, examples, panels) =
                (&mut cell[0], cut.shard(i % shards), group(i / shards, groups, all));
            let columns = w.forward.columns(&panels);
            cell.rows = examples.len();
            if cell.rows > cell.capacity {
                cell.capacity = cell.rows;
                cell.x = Array::zeros([cell.rows * stride]);
                cell.z = Array::zeros([cell.rows * columns.len()]);
            }
            let x = cell.x.as_mut_slice();
            x.chunks_mut(stride)
                .take(cell.rows)
                .enumerate()
                .for_each(|(r, x)| row(examples.start + r, &mut x[..k]));
            let z = MatMut::new(cell.z.as_mut_slice(), cell.rows, columns.len());
            let x = Mat::with_strides(x, cell.rows, k, stride, 1);
            let bias = &w.row.as_slice()[columns];
            cell.support.find(x);
            if cell.support.pays() {
                cell.support.times_panels(x, &w.forward, panels, bias, z);
            } else {
                w.forward.left_multiplied_panels(panels, x, Some(bias), z);
            }
        });
    }
    /// The outputs of a shard's examples into `to`, rows `stride` apart.
    pub fn gather(&self, shard: usize, to: &mut [E], stride: usize) {
        let mut at = 0;
        for cell in self.cells.iter().skip(shard).step_by(self.shards) {
            let cols = cell.z.len() / cell.capacity;
            let rows = to.chunks_mut(stride).zip(cell.z.as_slice().chunks_exact(cols)).take(cell.rows);
            rows.for_each(|(to, z)| to[at..at + cols].copy_from_slice(z));
            at += cols;
        }
    }
    /// A shard's examples as the thread has them that works on panel `q`.
    pub fn examples(&self, q: usize, shard: usize) -> &[E] {
        self.cell(q, shard).x.as_slice()
    }
    /// Where they are zero.
    pub fn support(&self, q: usize, shard: usize) -> &Support {
        &self.cell(q, shard).support
    }
    fn cell(&self, q: usize, shard: usize) -> &Cell<E> {
        let (all, mut groups) = (self.panels, 0..self.groups);
        let g =
            groups.find(|&g| group(g, self.groups, all).contains(&q)).expect("a panel of the first weight");
        &self.cells[g * self.shards + shard]
    }
}

/// The panels of a group.
pub(super) fn group(g: usize, groups: usize, panels: usize) -> Range<usize> {
    g * panels / groups..(g + 1) * panels / groups
}
