//! The first product of a chain of products, cut by columns: a thread's panels never leave its cache, and it turns all examples into numbers
//! for itself, which is cheaper than fetching what another core has written.

use super::compile::{Chain, Op};
use super::update::weight;
use sparring_tensor::{Array, Elem, Mat, MatMut, Support, par};
use std::ops::Range;

/// Numbers of a first weight that is cut by columns: half a megabyte of `f32`, with the state of a rule three times as much.
const MOST: usize = 1 << 17;

/// Some examples times some panels.
#[derive(Debug)]
struct Cell<E: Elem> {
    rows: usize,
    room: usize,
    /// The examples.
    x: Array<E>,
    /// Where they are zero.
    support: Support,
    /// The columns of the product that are this group's.
    z: Array<E>,
}

/// All cells, those of a group of panels next to each other.
#[derive(Debug)]
pub(super) struct Front<E: Elem> {
    cells: Vec<Cell<E>>,
    /// Cells of a group: one for each lane.
    lanes: usize,
    groups: usize,
    panels: usize,
}

/// Whether a chain consists of products and activations alone.
fn is_dense<E: Elem>(chain: &Chain<E>) -> bool {
    !chain.turn_input && chain.blocks.iter().all(|b| matches!(b.op, Op::Dense(_)) && b.pool.is_none())
}

impl<E: Elem> Front<E> {
    /// `None` if the chain is not [dense](is_dense), or its first weight is not worth keeping: outputs, which change cores instead, would be more
    /// than inputs, or the weight more than stays in a cache.
    pub fn new(chain: &Chain<E>) -> Option<Self> {
        let first = chain.weights.first().filter(|_| is_dense(chain))?;
        let (k, n) = (first.forward.depth(), first.forward.cols());
        if n > k || k * n > MOST {
            return None;
        }
        let panels = first.forward.cols().div_ceil(first.forward.width());
        Some(Self { cells: Vec::new(), lanes: 0, groups: 0, panels })
    }
    /// The first product of `n` examples, `each` to a lane; `row(i, to)` writes example `i`. `work` as in [`par`].
    pub fn run(
        &mut self,
        chain: &Chain<E>,
        [n, each]: [usize; 2],
        work: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
    ) {
        let (block, lanes) = (&chain.blocks[0], n.div_ceil(each));
        let groups = par::threads(work).min(self.panels).max(1);
        if (self.lanes, self.groups) != (lanes, groups) {
            (self.lanes, self.groups) = (lanes, groups);
            self.cells.clear();
            let zeros = || Array::zeros([0]);
            let empty = || Cell { rows: 0, room: 0, x: zeros(), support: Support::default(), z: zeros() };
            self.cells.resize_with(lanes * groups, empty);
        }
        let w = &chain.weights[weight(block)];
        let (k, stride) = (block.input.len(), block.input.stride());
        let all = self.panels;
        par::for_each_chunk(&mut self.cells, 1, work, |i, cell| {
            let (cell, lane, panels) = (&mut cell[0], i % lanes, group(i / lanes, groups, all));
            let columns = w.forward.columns(&panels);
            cell.rows = each.min(n - lane * each);
            if cell.rows > cell.room {
                cell.room = cell.rows;
                cell.x = Array::zeros([cell.rows * stride]);
                cell.z = Array::zeros([cell.rows * columns.len()]);
            }
            let x = cell.x.as_mut_slice();
            x.chunks_mut(stride)
                .take(cell.rows)
                .enumerate()
                .for_each(|(r, x)| row(lane * each + r, &mut x[..k]));
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
    /// The products of a lane's examples into `to`, rows `stride` apart.
    pub fn gather(&self, lane: usize, to: &mut [E], stride: usize) {
        let mut at = 0;
        for cell in self.cells.iter().skip(lane).step_by(self.lanes) {
            let cols = cell.z.len() / cell.room;
            let rows = to.chunks_mut(stride).zip(cell.z.as_slice().chunks_exact(cols)).take(cell.rows);
            rows.for_each(|(to, z)| to[at..at + cols].copy_from_slice(z));
            at += cols;
        }
    }
    /// A lane's examples as the thread has them that works on panel `q`.
    pub fn examples(&self, q: usize, lane: usize) -> &[E] {
        self.cell(q, lane).x.as_slice()
    }
    /// Where they are zero.
    pub fn support(&self, q: usize, lane: usize) -> &Support {
        &self.cell(q, lane).support
    }
    fn cell(&self, q: usize, lane: usize) -> &Cell<E> {
        let (all, mut groups) = (self.panels, 0..self.groups);
        let g =
            groups.find(|&g| group(g, self.groups, all).contains(&q)).expect("a panel of the first weight");
        &self.cells[g * self.lanes + lane]
    }
}

/// The panels of a group.
pub(super) fn group(g: usize, groups: usize, panels: usize) -> Range<usize> {
    g * panels / groups..(g + 1) * panels / groups
}
