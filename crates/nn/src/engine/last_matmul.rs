//! A wide last matmul under a loss that looks at each output by itself, cut by columns into halves: outputs, loss, and what they contribute to the
//! gradient at the input are made next to each other, and a thread's panels never leave its cache.

use super::batch::Loaded;
use super::block::Act;
use super::buffers::epilogue::floor;
use super::first_matmul::FirstMatmul;
use super::outputs::{Objective, OutputRows};
use super::program::Program;
use sparring_activations::Activation;
use sparring_tensor::{Array, Elem, Mat, MatMut, Panels, elementwise, par, reduce};
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Panels worked on at a time: outputs and their gradients stay in a near cache.
pub(super) const NEIGHBOURS: usize = 4;
/// Examples worked on at a time between the two matmuls: their numbers stay in the first-level cache.
const NEAR: usize = 16;
/// From as many panels on a last matmul is cut.
const WIDE: usize = 8;

/// Some examples and a half of the columns.
#[derive(Debug)]
struct Cell<E: Elem> {
    rows: usize,
    capacity: usize,
    /// The gradient at the output: for each [`NEIGHBOURS`] panels a block of `capacity` rows.
    dz: Array<E>,
    /// This half's share of the gradient at the input.
    dx: Array<E>,
    /// What the objective says of each example, and of some of its columns.
    metrics: Vec<[f64; 3]>,
    some_metrics: Vec<[f64; 3]>,
    /// Whether the gradient is finite.
    finite: bool,
}

/// The weights of a half transposed for the input's gradient, once they are asked for.
#[derive(Debug)]
struct Half<E: Elem> {
    panels: Range<usize>,
    transposed: OnceLock<Panels<E>>,
    /// Memory for it meanwhile.
    spare: Mutex<Option<Panels<E>>>,
}

#[derive(Debug)]
pub(super) struct LastMatmul<E: Elem> {
    /// Those of the first half before those of the second, one for each shard.
    cells: Vec<Cell<E>>,
    halves: [Half<E>; 2],
    shards: usize,
    width: usize,
}

impl<E: Elem> LastMatmul<E> {
    /// For a dense chain; `None` if the last matmul is not wide or the only one, or what follows it has numbers of its own.
    pub fn new(program: &Program<E>) -> Option<Self> {
        let last = program.last();
        let plain = last.noise.is_none() && !matches!(last.act, Some(Act::Learnt(_)));
        let chain = program.is_dense_chain() && program.blocks.len() > 1;
        let w = program.weights.last().filter(|_| plain && chain)?;
        let (all, width) = (w.forward.cols().div_ceil(w.forward.width()), w.forward.width());
        // From the shape alone: the sum of two parts has other bits than one chain.
        let middle = (all / 2).next_multiple_of(NEIGHBOURS);
        let half = |panels| Half { panels, transposed: OnceLock::new(), spare: Mutex::new(None) };
        let halves = [half(0..middle), half(middle..all)];
        (all >= WIDE).then_some(Self { cells: Vec::new(), halves, shards: 0, width })
    }
    /// The last matmul of all shards, the loss, and the gradients at its output and, in two parts, at its input.
    pub fn run(
        &mut self,
        program: &Program<E>,
        shards: &[Loaded<E>],
        first: &FirstMatmul<E>,
        work: usize,
        objective: &dyn Objective<E>,
    ) {
        if self.shards != shards.len() {
            self.shards = shards.len();
            self.cells.clear();
            let zeros = || Array::zeros([0]);
            let empty = || Cell {
                rows: 0,
                capacity: 0,
                dz: zeros(),
                dx: zeros(),
                metrics: Vec::new(),
                some_metrics: Vec::new(),
                finite: true,
            };
            self.cells.resize_with(2 * self.shards, empty);
        }
        let (halves, count) = (&self.halves, self.shards);
        par::for_each_chunk(&mut self.cells, 1, work, |i, cell| {
            let (half, shard) = (&halves[i / count], i % count);
            cell[0].run(program, half, &shards[shard], first.examples(0, shard), objective);
        });
    }
    /// The sum of the parts of the gradient at the input of a shard's examples.
    pub fn gather(&self, shard: usize, to: &mut [E]) {
        let [a, b] = [shard, self.shards + shard].map(|i| &self.cells[i].dx.as_slice()[..to.len()]);
        to.copy_from_slice(a);
        elementwise::add_slice(to, b);
    }
    /// What the objective says of a shard's examples.
    pub fn metrics(&self, shard: usize) -> impl Iterator<Item = [f64; 3]> {
        let [a, b] = [shard, self.shards + shard].map(|i| &self.cells[i]);
        let pairs = a.metrics.iter().zip(&b.metrics).take(a.rows);
        pairs.map(|(a, b)| [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    }
    /// Whether all gradients at the output are finite.
    pub fn is_finite(&self) -> bool {
        self.cells.iter().all(|c| c.finite)
    }
    /// After a change of the weight.
    pub fn follow(&mut self) {
        for half in &mut self.halves {
            let spare = half.spare.get_mut().unwrap_or_else(PoisonError::into_inner);
            *spare = half.transposed.take().or(spare.take());
        }
    }
    /// The gradient at the output of a shard's examples from panel `q` on, and the distance of its rows.
    pub fn gradient(&self, q: usize, shard: usize, cols: usize) -> (&[E], usize) {
        let h = usize::from(q >= self.halves[1].panels.start);
        let (q, cell) = (q - self.halves[h].panels.start, &self.cells[h * self.shards + shard]);
        let before = q / NEIGHBOURS * NEIGHBOURS;
        let stride = stride(cols - (self.halves[h].panels.start + before) * self.width, self.width);
        let from = before * self.width * cell.capacity + (q - before) * self.width;
        (&cell.dz.as_slice()[from..], stride)
    }
}

/// Distance of the rows of a block when there are `left` columns from its first on.
fn stride(left: usize, width: usize) -> usize {
    left.min(NEIGHBOURS * width).next_multiple_of(width)
}

impl<E: Elem> Cell<E> {
    fn run(
        &mut self,
        program: &Program<E>,
        half: &Half<E>,
        loaded: &Loaded<E>,
        x: &[E],
        objective: &dyn Objective<E>,
    ) {
        let (block, shard) = (program.last(), &loaded.shard);
        let w = program.weights.last().expect("a dense chain");
        let (total, width, k) = (block.middle.len(), w.forward.width(), block.input().len());
        let (rows, columns) = (shard.rows, w.forward.columns(&half.panels));
        self.rows = rows;
        if rows > self.capacity {
            self.capacity = rows;
            self.dz = Array::zeros([rows * columns.len().next_multiple_of(width)]);
            self.dx = Array::zeros([rows * block.input().stride()]);
        }
        for metrics in [&mut self.metrics, &mut self.some_metrics] {
            metrics.clear();
            metrics.resize(rows, [0.0; 3]);
        }
        self.finite = true;
        let (a, a_stride) = shard.input(program, program.blocks.len() - 1, (x, 1));
        let transposed = half.transposed.get_or_init(|| {
            let spare = half.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut transposed = spare.unwrap_or_else(|| Panels::zeros(columns.len(), k));
            transposed.fill_from_transposed(&w.forward, &half.panels);
            transposed
        });
        let mut near = Array::stale([(rows + 2 * NEAR) * NEIGHBOURS * width]);
        for first in half.panels.clone().step_by(NEIGHBOURS) {
            let panels = first..(first + NEIGHBOURS).min(half.panels.end);
            let range = w.forward.columns(&panels);
            let (cols, stride) = (range.len(), stride(total - range.start, width));
            let from = range.start - columns.start;
            let dz = &mut self.dz.as_mut_slice()[from * self.capacity..][..rows * stride];
            let (z, rest) = near.as_mut_slice().split_at_mut(rows * stride);
            let (y, rest) = rest.split_at_mut(NEAR * stride);
            let dy = &mut rest[..NEAR * stride];
            if cols < stride {
                // Whole vectors are read, and what lies behind the last column must not count.
                z.fill(E::ZERO);
                dy.fill(E::ZERO);
            }
            let into = MatMut::with_stride(z, rows, cols, stride);
            let a = Mat::with_strides(a, rows, k, a_stride, 1);
            w.forward.left_multiplied_panels(panels, a, Some(&w.row.as_slice()[range.clone()]), into);
            let inputs_stride = program.blocks[0].input().stride();
            let parts = z.chunks(NEAR * stride).zip(dz.chunks_mut(NEAR * stride));
            for (i, ((z, dz), metrics)) in parts.zip(self.some_metrics.chunks_mut(NEAR)).enumerate() {
                let (y, dy) = (&mut y[..z.len()], &mut dy[..z.len()]);
                let act = match block.act {
                    Some(Act::Fixed(act)) => Some(act),
                    _ => None,
                };
                if let Some(act) = act {
                    act.forward(z, y);
                }
                let (output, grads): (&[E], &mut [E]) =
                    if act.is_some() { (&*y, &mut *dy) } else { (z, &mut *dz) };
                objective.rows(&mut OutputRows {
                    first: shard.first + i * NEAR,
                    rows: metrics.len(),
                    cols,
                    from: range.start,
                    total,
                    y: output,
                    dy: grads,
                    stride,
                    metrics,
                    inputs: &x[i * NEAR * inputs_stride..],
                    inputs_stride,
                    inputs_cols: program.dim,
                });
                // What the value does not tell any more is too small to teach anything.
                if let Some(act) = act
                    && !act.backward_of_value(y, dy, dz)
                {
                    act.backward(z, dy, dz);
                }
                self.finite &= reduce::flush_small(dz, floor());
            }
            let sums = self.metrics.iter_mut().flatten().zip(self.some_metrics.iter().flatten());
            sums.for_each(|(sum, some)| *sum += some);
            let dz = Mat::with_strides(dz, rows, cols, stride, 1);
            let into = MatMut::with_stride(self.dx.as_mut_slice(), rows, k, block.input().stride());
            transposed.left_multiplied_rows(from..from + cols, dz, from > 0, into);
        }
    }
}
