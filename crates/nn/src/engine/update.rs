//! From the gradients of the lanes to new weights, part by part of all panels, in one region of threads.

use super::compile::{Block, Chain, Op};
use super::front::{Front, group};
use super::stepper::Loaded;
use super::tail::{FEW, Tail};
use sparring_optim::{AnyRule, Rule};
use sparring_tensor::{
    Array, Elem, Mat, Panels, accumulate_outer, elementwise, par, reduce, team, write_outer,
};
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

/// The slots of a rule, as many as rules have at most.
type Few<'a, E> = [&'a mut [E]; 4];

/// What one thread does at a time.
struct Task<'a, E: Elem> {
    /// The order of all tasks: in a chain of products the share of its weight's tasks that lies before it (in 2⁻¹⁶); the block; the place among its
    /// weight's tasks.
    place: [usize; 3],
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
    pub lanes: &'a [Loaded<E>],
    pub front: Option<&'a Front<E>>,
    pub tail: Option<&'a Tail<E>>,
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
        let examples: usize = self.lanes.iter().map(|l| l.lane.rows).sum();
        let each = examples / par::MUL_ADDS_PER_ELEMENT + RULE;
        let bad = AtomicUsize::new(usize::MAX);
        let shared = &*chain;
        let mut list: [Option<Task<'_, E>>; TASKS] = [const { None }; TASKS];
        let (mut count, threads) = (0, team::threads());
        let run = |list: &mut [Option<Task<'_, E>>]| {
            // In a chain of products the i-th thread gets the i-th share of every weight: the panels that it worked on before.
            list.sort_unstable_by_key(|t| t.as_ref().map(|t| t.place));
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
            // In a chain of products a thread gets its own panels, else all panels of its rows: then it needs a share of the input's columns. Either way
            // panels change faster than rows, which leaves the input's columns in the cache.
            let shares = if self.front.is_some() { threads.min(wide) } else { 1 };
            let panels = panels.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate();
            let parts = panels.flat_map(|(q, panel)| {
                let parts = panel.chunks_mut(part * width).enumerate();
                parts.map(move |(i, w)| {
                    let share = group((q * shares + shares - 1) / wide, shares, wide);
                    let place = share.start * high + i * share.len() + q - share.start;
                    (Some((q, i * part..i * part + w.len() / width)), place, w)
                })
            });
            let bias = shared.weights[weight(&shared.blocks[block])].bias.is_some();
            let row = bias.then(|| (None, wide * high, row.as_mut_slice()));
            let slots = slots.parts.iter_mut().chain(std::iter::once(&mut slots.row));
            for ((at, place, w), slots) in parts.chain(row).zip(slots) {
                if count == TASKS {
                    run(&mut list[..std::mem::take(&mut count)]);
                }
                let share = if self.front.is_some() { (place << 16) / (wide * high + 1) } else { 0 };
                list[count] = Some(Task { place: [share, block, place], block, at, w, slots });
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
        let i = task.block;
        let (mut slots, count) = (Few::<E>::default(), task.slots.len());
        slots.iter_mut().zip(task.slots.iter_mut()).for_each(|(to, slot)| *to = slot.as_mut_slice());
        let Some((q, rows)) = &task.at else {
            let mut g = Array::zeros([task.w.len()]);
            self.bias_gradient(chain, i, g.as_mut_slice());
            return self.apply(task.w, g.as_slice(), &mut slots[..count]);
        };
        let width = task.w.len() / rows.len();
        let mut g = Array::stale([ROWS.min(rows.len()) * width]);
        let g = g.as_mut_slice();
        for k in rows.clone().step_by(ROWS) {
            let end = (k + ROWS).min(rows.end);
            let g = &mut g[..(end - k) * width];
            self.gradient(chain, i, *q, k..end, width, g);
            let part = (k - rows.start) * width..(end - rows.start) * width;
            let mut few = Few::<E>::default();
            let all = few.iter_mut().zip(&mut slots[..count]);
            all.for_each(|(to, slot)| *to = &mut slot[part.clone()]);
            if !self.apply(&mut task.w[part], g, &mut few[..count]) {
                return false;
            }
        }
        true
    }

    /// The gradient at some rows of panel `q`.
    fn gradient(&self, chain: &Chain<E>, i: usize, q: usize, rows: Range<usize>, width: usize, g: &mut [E]) {
        let panel = q * chain.weights[weight(&chain.blocks[i])].depth() * width;
        for (l, Loaded { x, lane }) in self.lanes.iter().enumerate() {
            if let Some(dw) = lane.values.get(i).and_then(|v| v.dw.as_ref()) {
                let dw = &dw.as_slice()[panel + rows.start * width..][..g.len()];
                if l == 0 {
                    g.copy_from_slice(dw)
                } else {
                    elementwise::add_slice(g, dw)
                }
                continue;
            }
            let (x, x_stride) = match self.front {
                Some(front) if i == 0 && front.support(q, l).pays() => {
                    let (input, x) = (chain.blocks[0].input, front.examples(q, l));
                    let x = Mat::with_strides(x, lane.rows, input.len(), input.stride(), 1);
                    let (dz, stride) = self.at_product(chain, i, l, q, width);
                    front.support(q, l).outer(x, rows.start, dz, stride, l > 0, g);
                    continue;
                }
                Some(front) if i == 0 => (front.examples(q, l), chain.blocks[0].input.stride()),
                _ => lane.input(chain, i, x.as_slice()),
            };
            let x = Mat::with_strides(&x[rows.start..], lane.rows, rows.len(), x_stride, 1);
            let (dz, stride) = self.at_product(chain, i, l, q, width);
            if l == 0 { write_outer(x, dz, stride, g) } else { accumulate_outer(x, dz, stride, g) }
        }
    }
    /// The gradient at the product of block `i` for a lane's examples, from panel `q` on, and the distance of its rows.
    fn at_product(&self, chain: &Chain<E>, i: usize, lane: usize, q: usize, width: usize) -> (&[E], usize) {
        let middle = chain.blocks[i].middle;
        match self.tail {
            Some(tail) if i + 1 == chain.blocks.len() => tail.gradient(q, lane, middle.len()),
            _ => {
                let dz = self.lanes[lane].lane.values[i].dz.as_ref().expect("prepared").as_slice();
                (&dz[q * width..], middle.stride())
            }
        }
    }
    fn bias_gradient(&self, chain: &Chain<E>, i: usize, g: &mut [E]) {
        let width = Panels::<E>::zeros(0, 0).width();
        let few = if self.tail.is_some() { FEW } else { g.len().div_ceil(width) };
        for (l, Loaded { lane, .. }) in self.lanes.iter().enumerate() {
            if let Some(db) = lane.values.get(i).and_then(|v| v.db.as_ref()) {
                elementwise::add_slice(g, db.as_slice());
                continue;
            }
            for (b, g) in g.chunks_mut(few * width).enumerate() {
                let (dz, stride) = self.at_product(chain, i, l, b * few, width);
                dz.chunks(stride).take(lane.rows).for_each(|dz| elementwise::add_slice(g, &dz[..g.len()]));
            }
        }
    }
    /// The rule on `w` and the slots, unless the gradient is not finite.
    fn apply(&self, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) -> bool {
        let fine = reduce::are_finite(g);
        if fine {
            self.rule.update(self.step, self.lr, w, g, slots);
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
