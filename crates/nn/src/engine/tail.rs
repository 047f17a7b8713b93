//! A wide last product under a loss that looks at each output by itself, cut by columns into halves: outputs, loss, and what they contribute to the
//! gradient at the input are made next to each other, and a thread's panels never leave its cache.

use super::compile::Chain;
use super::front::Front;
use super::rows::Head;
use super::stepper::Loaded;
use super::update::weight;
use super::values::floor;
use sparring_activations::Activation;
use sparring_tensor::{Array, Elem, Mat, MatMut, Panels, elementwise, par, reduce};
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Panels worked on at a time: outputs and their gradients stay in a near cache.
pub(super) const FEW: usize = 4;
/// Examples worked on at a time between the two products: their numbers stay in the first-level cache.
const NEAR: usize = 16;
/// From as many panels on a last product is cut.
const WIDE: usize = 8;

/// Some examples and a half of the columns.
#[derive(Debug)]
struct Cell<E: Elem> {
    rows: usize,
    room: usize,
    /// The gradient at the product: for each [`FEW`] panels a block of `room` rows.
    dz: Array<E>,
    /// This half's part of the gradient at the input.
    part: Array<E>,
    /// What the head says of each example, and of some of its columns.
    tallies: Vec<[f64; 3]>,
    few: Vec<[f64; 3]>,
    /// Whether the gradient is finite.
    finite: bool,
}

/// The weights of a half turned for the input's gradient, once they are asked for.
#[derive(Debug)]
struct Half<E: Elem> {
    panels: Range<usize>,
    turned: OnceLock<Panels<E>>,
    /// Memory for it meanwhile.
    spare: Mutex<Option<Panels<E>>>,
}

#[derive(Debug)]
pub(super) struct Tail<E: Elem> {
    /// Those of the first half before those of the second, one for each lane.
    cells: Vec<Cell<E>>,
    halves: [Half<E>; 2],
    lanes: usize,
    width: usize,
}

impl<E: Elem> Tail<E> {
    /// For a chain with a front; `None` if the last product is not wide or the only one.
    pub fn new(chain: &Chain<E>) -> Option<Self> {
        let w = chain.weights.last().filter(|_| chain.blocks.len() > 1)?;
        let (all, width) = (w.forward.cols().div_ceil(w.forward.width()), w.forward.width());
        // From the shape alone: the sum of two parts has other bits than one chain.
        let middle = (all / 2).next_multiple_of(FEW);
        let half = |panels| Half { panels, turned: OnceLock::new(), spare: Mutex::new(None) };
        let halves = [half(0..middle), half(middle..all)];
        (all >= WIDE).then_some(Self { cells: Vec::new(), halves, lanes: 0, width })
    }
    /// The last product of all lanes, the loss, and the gradients at the product and, in two parts, at its input.
    pub fn run(
        &mut self,
        chain: &Chain<E>,
        lanes: &[Loaded<E>],
        front: &Front<E>,
        work: usize,
        head: &(dyn Fn(&mut Head<'_, E>) + Sync),
    ) {
        if self.lanes != lanes.len() {
            self.lanes = lanes.len();
            self.cells.clear();
            let zeros = || Array::zeros([0]);
            let empty = || Cell {
                rows: 0,
                room: 0,
                dz: zeros(),
                part: zeros(),
                tallies: Vec::new(),
                few: Vec::new(),
                finite: true,
            };
            self.cells.resize_with(2 * self.lanes, empty);
        }
        let (halves, count) = (&self.halves, self.lanes);
        par::for_each_chunk(&mut self.cells, 1, work, |i, cell| {
            let (half, lane) = (&halves[i / count], i % count);
            cell[0].run(chain, half, &lanes[lane], front.examples(0, lane), head);
        });
    }
    /// The sum of the parts of the gradient at the input of a lane's examples.
    pub fn gather(&self, lane: usize, to: &mut [E]) {
        let [a, b] = [lane, self.lanes + lane].map(|i| &self.cells[i].part.as_slice()[..to.len()]);
        to.copy_from_slice(a);
        elementwise::add_slice(to, b);
    }
    /// What the head says of a lane's examples.
    pub fn tallies(&self, lane: usize) -> impl Iterator<Item = [f64; 3]> {
        let [a, b] = [lane, self.lanes + lane].map(|i| &self.cells[i]);
        let pairs = a.tallies.iter().zip(&b.tallies).take(a.rows);
        pairs.map(|(a, b)| [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    }
    /// Whether all gradients at the product are finite.
    pub fn is_finite(&self) -> bool {
        self.cells.iter().all(|c| c.finite)
    }
    /// After a change of the weight.
    pub fn follow(&mut self) {
        for half in &mut self.halves {
            let spare = half.spare.get_mut().unwrap_or_else(PoisonError::into_inner);
            *spare = half.turned.take().or(spare.take());
        }
    }
    /// The gradient at the product of a lane's examples from panel `q` on, and the distance of its rows.
    pub fn gradient(&self, q: usize, lane: usize, cols: usize) -> (&[E], usize) {
        let h = usize::from(q >= self.halves[1].panels.start);
        let (q, cell) = (q - self.halves[h].panels.start, &self.cells[h * self.lanes + lane]);
        let before = q / FEW * FEW;
        let stride = stride(cols - (self.halves[h].panels.start + before) * self.width, self.width);
        let from = before * self.width * cell.room + (q - before) * self.width;
        (&cell.dz.as_slice()[from..], stride)
    }
}

/// Distance of the rows of a block when there are `left` columns from its first on.
fn stride(left: usize, width: usize) -> usize {
    left.min(FEW * width).next_multiple_of(width)
}

impl<E: Elem> Cell<E> {
    fn run(
        &mut self,
        chain: &Chain<E>,
        half: &Half<E>,
        loaded: &Loaded<E>,
        x: &[E],
        head: &dyn Fn(&mut Head<'_, E>),
    ) {
        let (block, lane) = (chain.blocks.last().expect("a plan has a block"), &loaded.lane);
        let w = &chain.weights[weight(block)];
        let (total, width, k) = (block.middle.len(), w.forward.width(), block.input.len());
        let (rows, columns) = (lane.rows, w.forward.columns(&half.panels));
        self.rows = rows;
        if rows > self.room {
            self.room = rows;
            self.dz = Array::zeros([rows * columns.len().next_multiple_of(width)]);
            self.part = Array::zeros([rows * block.input.stride()]);
        }
        for tallies in [&mut self.tallies, &mut self.few] {
            tallies.clear();
            tallies.resize(rows, [0.0; 3]);
        }
        self.finite = true;
        let (a, a_stride) = lane.input(chain, chain.blocks.len() - 1, x);
        let turned = half.turned.get_or_init(|| {
            let spare = half.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut turned = spare.unwrap_or_else(|| Panels::zeros(columns.len(), k));
            turned.fill_from_transposed(&w.forward, &half.panels);
            turned
        });
        let mut near = Array::stale([(rows + 2 * NEAR) * FEW * width]);
        for first in half.panels.clone().step_by(FEW) {
            let panels = first..(first + FEW).min(half.panels.end);
            let range = w.forward.columns(&panels);
            let (cols, stride) = (range.len(), stride(total - range.start, width));
            let from = range.start - columns.start;
            let dz = &mut self.dz.as_mut_slice()[from * self.room..][..rows * stride];
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
            let inputs_stride = chain.blocks[0].input.stride();
            let parts = z.chunks(NEAR * stride).zip(dz.chunks_mut(NEAR * stride));
            for (i, ((z, dz), tallies)) in parts.zip(self.few.chunks_mut(NEAR)).enumerate() {
                let (y, dy) = (&mut y[..z.len()], &mut dy[..z.len()]);
                if let Some(act) = block.act {
                    act.forward(z, y);
                }
                let (output, slopes): (&[E], &mut [E]) =
                    if block.act.is_some() { (&*y, &mut *dy) } else { (z, &mut *dz) };
                head(&mut Head {
                    first: lane.first + i * NEAR,
                    rows: tallies.len(),
                    cols,
                    from: range.start,
                    total,
                    y: output,
                    dy: slopes,
                    stride,
                    tallies,
                    inputs: &x[i * NEAR * inputs_stride..],
                    inputs_stride,
                });
                // What the value does not tell any more is too small to teach anything.
                if let Some(act) = block.act
                    && !act.backward_of_value(y, dy, dz)
                {
                    act.backward(z, dy, dz);
                }
                self.finite &= reduce::flush_small(dz, floor());
            }
            let sums = self.tallies.iter_mut().flatten().zip(self.few.iter().flatten());
            sums.for_each(|(sum, part)| *sum += part);
            let dz = Mat::with_strides(dz, rows, cols, stride, 1);
            let into = MatMut::with_stride(self.part.as_mut_slice(), rows, k, block.input.stride());
            turned.left_multiplied_rows(from..from + cols, dz, from > 0, into);
        }
    }
}
