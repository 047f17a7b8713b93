//! A plan that learns.

use super::front::Front;
use super::frozen::{Plan, cut};
use super::lane::{Lane, Passing, Wanted};
use super::rows::Head;
use super::tail::Tail;
use super::update::{Slots, Update};
use crate::{Mode, Network, NnError};
use sparring_optim::AnyRule;
use sparring_tensor::{Array, Elem, Precision, par, team};
use std::sync::{Mutex, PoisonError};

/// A lane with its examples, one after the other; where the chain has a front, they are there.
#[derive(Debug)]
pub(super) struct Loaded<E: Elem> {
    pub x: Array<E>,
    pub lane: Lane<E>,
}

/// A compiled chain of layers with the state of an update rule: a training step in a few passes over the threads.
///
/// Between steps the weights live here, packed; [`store`](Self::store) writes them to the module.
#[derive(Debug)]
pub struct Stepper<E: Elem = f32> {
    plan: Plan<E>,
    rule: AnyRule,
    slots: Vec<Slots<E>>,
    lanes: Vec<Loaded<E>>,
    front: Option<Front<E>>,
    tail: Option<Tail<E>>,
    /// Whether the present gradients were made with the tail.
    by_parts: bool,
    /// What goes from lane to lane, as many as threads met.
    passing: Mutex<Vec<Passing<E>>>,
    /// Lanes of the present batch.
    live: usize,
    step: u64,
}

impl<E: Elem> Stepper<E> {
    /// For a network in training; `None` if it has no plan.
    #[inline(never)]
    pub fn new(network: &Network<E>, rule: AnyRule) -> Option<Self> {
        let plan = Plan::new(network, Mode::Train)?;
        // Every parameter must be one that the plan updates.
        let known = network
            .params
            .iter()
            .all(|p| plan.chain.weights.iter().any(|w| w.weight == p.id() || w.bias == Some(p.id())));
        let slots = Slots::new(&rule, &plan.chain);
        let front = Front::new(&plan.chain);
        let tail = front.as_ref().and_then(|_| Tail::new(&plan.chain));
        known.then_some(Self {
            plan,
            rule,
            slots,
            lanes: Vec::new(),
            front,
            tail,
            by_parts: false,
            passing: Mutex::default(),
            live: 0,
            step: 0,
        })
    }
    /// The same with another precision, where that is faster though the weights change with each step: for convolutions. Gradients at weights stay
    /// in `f32`.
    #[must_use]
    pub fn in_precision(mut self, precision: Precision) -> Self {
        self.plan.set_precision(precision, true);
        self
    }
    /// The network as it is now.
    pub fn plan(&self) -> &Plan<E> {
        &self.plan
    }
    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Forward and backward for `n` examples; `row(i, to)` writes example `i`, planes one after the other, perhaps more than once. `head` reads outputs
    /// and writes their gradient, some examples at a time and on any thread; returns the sums of its tallies, added in the order of the examples.
    ///
    /// # Panics
    /// If there is no example.
    pub fn gradients(
        &mut self,
        n: usize,
        row: impl Fn(usize, &mut [E]) + Sync,
        head: impl Fn(&mut Head<'_, E>) + Sync,
    ) -> [f64; 3] {
        self.by_parts = false;
        self.both_ways(n, &row, &head)
    }
    /// As [`gradients`](Self::gradients) for a loss that looks at each number of the output by itself: `head` may be shown a part of the outputs' columns,
    /// and its tallies for an example are added up.
    ///
    /// # Panics
    /// As [`gradients`](Self::gradients).
    pub fn gradients_by_parts(
        &mut self,
        n: usize,
        row: impl Fn(usize, &mut [E]) + Sync,
        head: impl Fn(&mut Head<'_, E>) + Sync,
    ) -> [f64; 3] {
        self.by_parts = self.tail.is_some();
        self.both_ways(n, &row, &head)
    }
    #[inline(never)]
    pub(super) fn both_ways(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        head: &(dyn Fn(&mut Head<'_, E>) + Sync),
    ) -> [f64; 3] {
        assert!(n > 0, "plan: a batch holds at least one example");
        let (chain, dim, passing, work) = (&self.plan.chain, self.plan.dim, &self.passing, self.plan.work(n));
        // Kernels of convolutions sum over the examples of a lane: there the cut must not depend on threads. Products go on from lane to lane in
        // one chain, the longer the better.
        let (count, each) = if chain.weights.iter().any(|w| w.sums_by_lane()) { cut(n) } else { share(n) };
        if self.lanes.len() < count {
            self.lanes.resize_with(count, || Loaded { x: Array::zeros([0]), lane: Lane::empty() });
        }
        self.live = count;
        let lanes = &mut self.lanes[..count];
        if let Some(front) = &mut self.front {
            front.run(chain, [n, each], work, row);
        }
        let front = self.front.as_ref();
        let wanted = if self.by_parts { Wanted::WeightsButLast } else { Wanted::Weights };
        // Three times the forward pass.
        par::for_each_chunk(lanes, 1, 3 * work, |i, loaded| {
            let Loaded { x, lane } = &mut loaded[0];
            let rows = each.min(n - i * each);
            lane.prepare(chain, i * each, rows, Some(wanted));
            if wanted == Wanted::WeightsButLast {
                return lane.forward_after(chain, front.expect("a tail comes with a front"), i);
            }
            let mut held =
                passing.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Passing::empty);
            lane.exchange_passing(chain, &mut held);
            let (x, stride) = if let Some(front) = front {
                lane.forward_after(chain, front, i);
                (front.examples(0, i), chain.blocks[0].input.stride())
            } else {
                if x.len() < rows * dim {
                    *x = Array::zeros([rows * dim]);
                }
                let x = &mut x.as_mut_slice()[..rows * dim];
                x.chunks_exact_mut(dim).enumerate().for_each(|(r, x)| row(i * each + r, x));
                lane.forward(chain, x);
                (&*x, dim)
            };
            head(&mut lane.head(chain, x, stride));
            lane.backward(chain, x, None);
            lane.exchange_passing(chain, &mut held);
            passing.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        });
        let mut sums = [0.0; 3];
        let mut add = |tally: [f64; 3]| sums.iter_mut().zip(tally).for_each(|(s, v)| *s += v);
        if let (Some(tail), Some(front), true) = (&mut self.tail, front, self.by_parts) {
            tail.run(chain, lanes, front, 2 * work, head);
            let tail = &*tail;
            par::for_each_chunk(lanes, 1, work, |i, loaded| {
                let lane = &mut loaded[0].lane;
                tail.gather(i, lane.gradient_place(chain));
                lane.backward(chain, &[], None);
            });
            (0..count).flat_map(|i| tail.tallies(i)).for_each(add);
        } else {
            lanes.iter().flat_map(|l| &l.lane.tallies[..l.lane.rows]).for_each(|&tally| add(tally));
        }
        sums
    }

    /// One step of the rule with the gradients found last.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN. Nothing has changed then, unless the gradient at an output was finite and only
    /// its product with the input was not.
    #[inline(never)]
    pub fn update(&mut self, network: &Network<E>, lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        let lanes = &self.lanes[..self.live];
        let tail = self.tail.as_ref().filter(|_| self.by_parts);
        let last = tail.filter(|t| !t.is_finite()).map(|_| self.plan.chain.weights.len() - 1);
        if let Some(w) = last.or_else(|| lanes.iter().find_map(|l| l.lane.bad)) {
            return Err(self.refuse(network, w, step));
        }
        self.step = step;
        let update =
            Update { rule: &self.rule, step, lr: E::of(lr), lanes, front: self.front.as_ref(), tail };
        if let Err(w) = update.run(&mut self.plan.chain, &mut self.slots) {
            return Err(self.refuse(network, w, step));
        }
        self.plan.chain.weights.iter_mut().for_each(super::weight::Weight::follow);
        self.tail.iter_mut().for_each(Tail::follow);
        Ok(())
    }
    fn refuse(&self, network: &Network<E>, w: usize, step: u64) -> NnError {
        let id = self.plan.chain.weights[w].weight;
        let name = network.params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
        NnError::NonFinite { name, step }
    }

    /// Writes the weights to the network.
    #[inline(never)]
    pub fn store(&self, network: &mut Network<E>) {
        for p in &mut network.params {
            for w in &self.plan.chain.weights {
                if w.weight == p.id() {
                    w.store(p.value.as_mut_slice());
                } else if w.bias == Some(p.id()) {
                    p.value.as_mut_slice().copy_from_slice(w.row.as_slice());
                }
            }
        }
    }
}

/// As [`cut`], one lane a thread unless that makes them very long.
fn share(n: usize) -> (usize, usize) {
    /// Examples that are worth a thread, and those whose values fit the second-level cache.
    const LEAST: usize = 12;
    const MOST: usize = 128;
    let lanes = team::threads().min(n.div_ceil(LEAST));
    let lanes = lanes * n.div_ceil(lanes * MOST);
    let each = n.div_ceil(lanes);
    (n.div_ceil(each), each)
}
