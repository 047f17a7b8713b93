//! From the gradients of the lanes to new weights, part by part of all panels, in one region of threads.

use super::compile::{Block, Chain, Op};
use super::lane::Lane;
use sparring_optim::{AnyRule, Rule};
use sparring_tensor::{Array, Elem, Mat, Panels, accumulate_outer, elementwise, par, reduce, write_outer};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows of a panel whose gradient is made at a time: it stays in the first-level cache until the rule has used it, and the columns of the
/// input that it is made of until the next panel has used them.
const ROWS: usize = 56;
/// A weight falls into about this many tasks at most, if its panels are not more.
const WEIGHT: usize = 64;
/// Tasks of one region: their list lies on the stack.
const TASKS: usize = 128;
/// Cost of the rule for a parameter in the units of [`par`].
const RULE: usize = 4;

/// Rows of a task: all parts of a weight but the last have as many, in whole blocks.
fn part<E: Elem>(panels: &Panels<E>) -> usize {
    let blocks = panels.depth().div_ceil(ROWS);
    let parts = (WEIGHT / panels.cols().div_ceil(panels.width()).max(1)).clamp(1, blocks.max(1));
    blocks.div_ceil(parts).max(1) * ROWS
}

/// State of the rule for one weight: the slots of each part of each panel, in order, and of the bias.
#[derive(Debug)]
pub(super) struct Slots<E: Elem> {
    parts: Vec<Vec<Array<E>>>,
    row: Vec<Array<E>>,
}

impl<E: Elem> Slots<E> {
    pub fn new(rule: &AnyRule, chain: &Chain<E>) -> Vec<Self> {
        let zeros = |n: usize| (0..rule.slots()).map(|_| Array::zeros([n])).collect::<Vec<_>>();
        let new = |w: &super::weight::Weight<E>| {
            let (depth, width, part) = (w.forward.depth(), w.forward.width(), part(&w.forward));
            let panel = || (0..depth).step_by(part).map(|k| (depth - k).min(part) * width);
            let panels = w.forward.iter().flat_map(|_| panel());
            Self { parts: panels.map(zeros).collect(), row: zeros(w.row.len()) }
        };
        chain.weights.iter().map(new).collect()
    }
}

/// What one thread does at a time.
struct Task<'a, E: Elem> {
    block: usize,
    /// The panel and the rows of it; `None`: the bias.
    at: Option<(usize, Range<usize>)>,
    w: &'a mut [E],
    slots: &'a mut [Array<E>],
}

/// One step of a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update<'a, E: Elem> {
    pub rule: &'a AnyRule,
    pub step: u64,
    pub lr: E,
    pub lanes: &'a [Lane<E>],
    /// The batch, and the numbers of an example.
    pub x: &'a [E],
    pub dim: usize,
}

impl<E: Elem> Update<'_, E> {
    /// Updates all weights and biases.
    ///
    /// # Errors
    /// The first weight with a gradient that is not finite; it stays as it is, others may have changed.
    pub fn run(&self, chain: &mut Chain<E>, slots: &mut [Slots<E>]) -> Result<(), usize> {
        // The numbers leave the chain while they change: the lanes read its shapes.
        let take = |w: &mut super::weight::Weight<E>| {
            let none = (Panels::zeros(0, 0), Array::zeros([0]));
            (std::mem::replace(&mut w.forward, none.0), std::mem::replace(&mut w.row, none.1))
        };
        let mut taken: Vec<_> = chain.weights.iter_mut().map(take).collect();
        let examples: usize = self.lanes.iter().map(|l| l.rows).sum();
        let each = examples / par::MUL_ADDS_PER_ELEMENT + RULE;
        let bad = AtomicUsize::new(usize::MAX);
        let shared = &*chain;
        let mut list: [Option<Task<'_, E>>; TASKS] = [const { None }; TASKS];
        let mut count = 0;
        let run = |list: &mut [Option<Task<'_, E>>]| {
            let numbers: usize = list.iter().flatten().map(|t| t.w.len()).sum();
            par::for_each_chunk(list, 1, numbers * each, |_, task| {
                if let Some(mut task) = task[0].take()
                    && !self.task(shared, &mut task)
                {
                    bad.fetch_min(weight(&shared.blocks[task.block]), Ordering::Relaxed);
                }
            });
        };
        let blocks = (0..shared.blocks.len()).filter(|&b| shared.blocks[b].op != Op::Copy);
        for ((block, (panels, row)), slots) in blocks.zip(&mut taken).zip(slots) {
            let (depth, width, part) = (panels.depth(), panels.width(), part(panels));
            let (wide, high) = (panels.cols().div_ceil(width), depth.div_ceil(part));
            // All panels of the first rows, then of the next: a thread's share of the list needs a share of the input's columns.
            let ordered = wide * high < TASKS;
            if ordered && count + wide * high + 1 > TASKS {
                run(&mut list[..std::mem::take(&mut count)]);
            }
            let base = count;
            let panels = panels.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate();
            let parts = panels.flat_map(|(q, panel)| {
                let parts = panel.chunks_mut(part * width).enumerate();
                parts.map(move |(i, w)| (Some((q, i * part..i * part + w.len() / width)), i * wide + q, w))
            });
            let bias = shared.weights[weight(&shared.blocks[block])].bias.is_some();
            let row = bias.then(|| (None, wide * high, row.as_mut_slice()));
            let slots = slots.parts.iter_mut().chain(std::iter::once(&mut slots.row));
            for ((at, place, w), slots) in parts.chain(row).zip(slots) {
                if count == TASKS {
                    run(&mut list[..std::mem::take(&mut count)]);
                }
                list[if ordered { base + place } else { count }] = Some(Task { block, at, w, slots });
                count += 1;
            }
        }
        run(&mut list[..count]);
        for (w, (forward, row)) in chain.weights.iter_mut().zip(taken) {
            (w.forward, w.row) = (forward, row);
        }
        let bad = bad.into_inner();
        if bad == usize::MAX { Ok(()) } else { Err(bad) }
    }

    /// `false` if a gradient is not finite.
    fn task(&self, chain: &Chain<E>, task: &mut Task<'_, E>) -> bool {
        let (i, block) = (task.block, &chain.blocks[task.block]);
        let Some((q, rows)) = &task.at else {
            let mut g = Array::zeros([task.w.len()]);
            self.bias_gradient(i, block, g.as_mut_slice());
            return self.apply(task.w, g.as_slice(), task.slots, 0);
        };
        let depth = chain.weights[weight(block)].depth();
        let width = task.w.len() / rows.len();
        let mut g = Array::stale([ROWS.min(rows.len()) * width]);
        for k in rows.clone().step_by(ROWS) {
            let end = (k + ROWS).min(rows.end);
            let g = &mut g.as_mut_slice()[..(end - k) * width];
            self.gradient(chain, i, q * depth * width, *q * width, k..end, width, g);
            let from = (k - rows.start) * width;
            if !self.apply(&mut task.w[from..from + g.len()], g, task.slots, from) {
                return false;
            }
        }
        true
    }

    /// The gradient at some rows of a panel that begins at `panel` among all panels and at column `col`.
    fn gradient(
        &self,
        chain: &Chain<E>,
        i: usize,
        panel: usize,
        col: usize,
        rows: Range<usize>,
        width: usize,
        g: &mut [E],
    ) {
        let stride = chain.blocks[i].middle.stride();
        for (l, lane) in self.lanes.iter().enumerate() {
            let values = &lane.values[i];
            match &values.dw {
                None => {
                    let (x, x_stride) = lane.input(chain, i, lane.part(self.x, self.dim));
                    let x = Mat::with_strides(&x[rows.start..], lane.rows, rows.len(), x_stride, 1);
                    let dz = &values.dz.as_ref().expect("prepared").as_slice()[col..];
                    if l == 0 { write_outer(x, dz, stride, g) } else { accumulate_outer(x, dz, stride, g) }
                }
                Some(dw) => {
                    let dw = &dw.as_slice()[panel + rows.start * width..][..g.len()];
                    if l == 0 { g.copy_from_slice(dw) } else { elementwise::add_slice(g, dw) }
                }
            }
        }
    }
    fn bias_gradient(&self, i: usize, block: &Block, g: &mut [E]) {
        for lane in self.lanes {
            let values = &lane.values[i];
            match &values.db {
                Some(db) => elementwise::add_slice(g, db.as_slice()),
                None => {
                    let dz = values.dz.as_ref().expect("prepared").as_slice();
                    let rows = dz.chunks(block.middle.stride()).take(lane.rows);
                    rows.for_each(|dz| elementwise::add_slice(g, &dz[..g.len()]));
                }
            }
        }
    }
    /// The rule on `w` and the slots' numbers from `from` on, unless the gradient is not finite.
    fn apply(&self, w: &mut [E], g: &[E], slots: &mut [Array<E>], from: usize) -> bool {
        let fine = reduce::are_finite(g);
        if fine {
            let mut few: [&mut [E]; 4] = [&mut [], &mut [], &mut [], &mut []];
            let count = slots.len();
            for (to, slot) in few.iter_mut().zip(slots) {
                *to = &mut slot.as_mut_slice()[from..from + w.len()];
            }
            self.rule.update(self.step, self.lr, w, g, &mut few[..count]);
        }
        fine
    }
}

/// The weight of a block that has one.
pub(super) fn weight(block: &Block) -> usize {
    match block.op {
        Op::Dense(w) | Op::Conv(w) => w,
        Op::Copy => unreachable!("a block without a weight"),
    }
}
