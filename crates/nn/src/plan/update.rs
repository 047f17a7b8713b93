//! From the gradients of the lanes to new weights, panel by panel.

use super::compile::{Chain, Op};
use super::lane::Lane;
use sparring_optim::{AnyRule, Rule};
use sparring_tensor::{Array, Elem, Mat, accumulate_outer, elementwise, par, reduce, write_outer};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows of a panel whose gradient is made at a time: it stays in the first-level cache until the rule has used it.
const ROWS: usize = 112;

/// State of the rule for one weight: an array a slot, of the panels and of the bias.
#[derive(Debug)]
pub(super) struct Slots<E: Elem> {
    panels: Vec<Vec<Array<E>>>,
    row: Vec<Array<E>>,
}

impl<E: Elem> Slots<E> {
    pub fn new(rule: &AnyRule, chain: &Chain<E>) -> Vec<Self> {
        let zeros = |n: usize| (0..rule.slots()).map(|_| Array::zeros([n])).collect::<Vec<_>>();
        let new = |w: &super::weight::Weight<E>| Self {
            panels: w.forward.iter().map(|(_, _, panel)| zeros(panel.len())).collect(),
            row: zeros(w.row.len()),
        };
        chain.weights.iter().map(new).collect()
    }
}

/// One step of a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update<'a, E> {
    pub rule: &'a AnyRule,
    pub step: u64,
    pub lr: E,
}

impl<E: Elem> Update<'_, E> {
    fn apply(&self, w: &mut [E], g: &[E], slots: &mut [Array<E>], range: std::ops::Range<usize>) {
        let mut few: [&mut [E]; 4] = [&mut [], &mut [], &mut [], &mut []];
        let count = slots.len();
        for (to, slot) in few.iter_mut().zip(slots) {
            *to = &mut slot.as_mut_slice()[range.clone()];
        }
        self.rule.update(self.step, self.lr, w, g, &mut few[..count]);
    }

    /// Updates weight and bias of block `i`; `false` if a gradient is not finite.
    pub fn block(
        &self,
        chain: &mut Chain<E>,
        i: usize,
        lanes: &[Lane<E>],
        x: &[E],
        dim: usize,
        slots: &mut [Slots<E>],
    ) -> bool {
        let block = chain.blocks[i];
        let (Op::Dense(w) | Op::Conv(w)) = block.op else { return true };
        // The panels leave the chain while they change: the lanes read its shapes.
        let mut forward =
            std::mem::replace(&mut chain.weights[w].forward, sparring_tensor::Panels::zeros(0, 0));
        let (depth, width) = (forward.depth(), forward.width());
        let size = depth * width;
        let examples: usize = lanes.iter().map(|l| l.rows).sum();
        let work = forward.as_slice().len() * (examples / par::MUL_ADDS_PER_ELEMENT + 4);
        let fine = AtomicBool::new(true);
        let shared = &*chain;
        let mut tasks: Vec<_> =
            forward.as_mut_slice().chunks_mut(size.max(1)).zip(&mut slots[w].panels).collect();
        par::for_each_chunk(&mut tasks, 1, work, |q, task| {
            let (panel, slots) = &mut task[0];
            let mut g = Array::stale([ROWS * width]);
            for k0 in (0..depth).step_by(ROWS) {
                let rows = ROWS.min(depth - k0);
                let range = k0 * width..(k0 + rows) * width;
                let g = &mut g.as_mut_slice()[..rows * width];
                for (l, lane) in lanes.iter().enumerate() {
                    match block.op {
                        Op::Dense(_) => {
                            let (x, stride) = lane.input(shared, i, lane.part(x, dim));
                            let dz = lane.values[i].dz.as_ref().expect("prepared").as_slice();
                            let x = Mat::with_strides(&x[k0..], lane.rows, rows, stride, 1);
                            let (dz, dz_stride) = (&dz[q * width..], block.middle.stride());
                            let go = if l == 0 { write_outer } else { accumulate_outer };
                            go(x, dz, dz_stride, g);
                        }
                        _ => {
                            let dw = &lane.values[i].dw.as_ref().expect("prepared").as_slice()[q * size..];
                            if l == 0 {
                                g.copy_from_slice(&dw[range.clone()]);
                            } else {
                                elementwise::add_slice(g, &dw[range.clone()]);
                            }
                        }
                    }
                }
                if !reduce::are_finite(g) {
                    fine.store(false, Ordering::Relaxed);
                    return;
                }
                self.apply(&mut panel[range.clone()], g, slots, range);
            }
        });
        drop(tasks);
        let mut row = std::mem::replace(&mut chain.weights[w].row, Array::zeros([0]));
        if chain.weights[w].bias.is_some() {
            let mut g = Array::zeros(row.shape());
            let g = g.as_mut_slice();
            let stride = block.middle.stride();
            for lane in lanes {
                match &lane.values[i].db {
                    Some(db) => elementwise::add_slice(g, db.as_slice()),
                    None => {
                        let dz = lane.values[i].dz.as_ref().expect("prepared").as_slice();
                        let rows = dz.chunks(stride).take(lane.rows);
                        rows.for_each(|dz| elementwise::add_slice(g, &dz[..g.len()]));
                    }
                }
            }
            let all = 0..g.len();
            if reduce::are_finite(g) {
                self.apply(row.as_mut_slice(), g, &mut slots[w].row, all);
            } else {
                fine.store(false, Ordering::Relaxed);
            }
        }
        chain.weights[w].forward = forward;
        chain.weights[w].row = row;
        fine.into_inner()
    }
}
