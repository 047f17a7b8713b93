//! A plan that learns.

use super::frozen::{Plan, cut};
use super::lane::{Lane, Passing, Wanted};
use super::rows::Head;
use super::update::{Slots, Update};
use crate::{Mode, Module, NnError, Param};
use sparring_optim::AnyRule;
use sparring_tensor::{Elem, Precision, par, team};
use std::sync::{Mutex, PoisonError};

/// A compiled chain of layers with the state of an update rule: a training step in three passes over the threads.
///
/// Between steps the weights live here, packed; [`store`](Self::store) writes them to the module.
#[derive(Debug)]
pub struct Stepper<E: Elem = f32> {
    plan: Plan<E>,
    rule: AnyRule,
    slots: Vec<Slots<E>>,
    lanes: Vec<Lane<E>>,
    /// What goes from lane to lane, as many as threads met.
    passing: Mutex<Vec<Passing<E>>>,
    /// Lanes of the present batch.
    live: usize,
    step: u64,
}

impl<E: Elem> Stepper<E> {
    /// For a network in training on examples of `[channels, height, width]`; `None` if it has no plan.
    pub fn new(module: &dyn Module<E>, input: [usize; 3], rule: AnyRule) -> Option<Self> {
        let plan = Plan::new(module, input, Mode::Train)?;
        // Every parameter must be one that the plan updates.
        let mut known = true;
        module.visit("", &mut |_, p| {
            known &= plan.chain.weights.iter().any(|w| w.weight == p.id() || w.bias == Some(p.id()));
        });
        let slots = Slots::new(&rule, &plan.chain);
        known.then_some(Self {
            plan,
            rule,
            slots,
            lanes: Vec::new(),
            passing: Mutex::default(),
            live: 0,
            step: 0,
        })
    }
    /// The same with its products in another precision, where that is faster though the weights change with each step: with
    /// [`Split6`](Precision::Split6) convolutions only. Gradients at weights stay in `f32`.
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

    /// Forward and backward for the batch `x`, examples of planes one after the other. `head` reads outputs and writes their gradient, some
    /// examples at a time and on any thread; returns the sums of its tallies, added in the order of the examples.
    ///
    /// # Panics
    /// If `x` holds no example, or no whole ones.
    pub fn gradients(&mut self, x: &[E], head: impl Fn(&mut Head<'_, E>) + Sync) -> [f64; 3] {
        let (plan, dim, passing) = (&self.plan, self.plan.dim, &self.passing);
        let n = plan.examples(x);
        assert!(n > 0, "plan: a batch holds at least one example");
        // Kernels of convolutions sum over the examples of a lane: there the cut must not depend on threads. Products go on from lane to lane in
        // one chain, the longer the better.
        let (count, each) =
            if plan.chain.weights.iter().any(|w| w.sums_by_lane()) { cut(n) } else { share(n) };
        if self.lanes.len() < count {
            self.lanes.resize_with(count, Lane::empty);
        }
        self.live = count;
        let lanes = &mut self.lanes[..count];
        // Three times the forward pass.
        par::for_each_chunk(lanes, 1, 3 * plan.work(n), |i, lane| {
            let lane = &mut lane[0];
            lane.prepare(&plan.chain, i * each, each.min(n - i * each), Some(Wanted::Weights));
            let mut held =
                passing.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Passing::empty);
            lane.exchange_passing(&plan.chain, &mut held);
            let x = lane.part(x, dim);
            lane.forward(&plan.chain, x);
            head(&mut lane.head(&plan.chain));
            lane.backward(&plan.chain, x, None);
            lane.exchange_passing(&plan.chain, &mut held);
            passing.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        });
        let mut sums = [0.0; 3];
        for tally in lanes.iter().flat_map(|lane| &lane.tallies[..lane.rows]) {
            sums.iter_mut().zip(tally).for_each(|(s, v)| *s += v);
        }
        sums
    }

    /// One step of the rule with the gradients found last, for the same `x`.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN. Nothing has changed then, unless the gradient at an output was finite and only
    /// its product with the input was not.
    ///
    /// # Panics
    /// If `x` is not the batch of the gradients.
    pub fn update(&mut self, module: &dyn Module<E>, x: &[E], lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        let lanes = &self.lanes[..self.live];
        let n: usize = lanes.iter().map(|l| l.rows).sum();
        assert_eq!(x.len(), n * self.plan.dim, "plan: an update for another batch than the gradients");
        if let Some(w) = lanes.iter().find_map(|l| l.bad) {
            return Err(self.refuse(module, w, step));
        }
        self.step = step;
        let lr = E::of(lr);
        let update = Update { rule: &self.rule, step, lr, lanes, x, dim: self.plan.dim };
        if let Err(w) = update.run(&mut self.plan.chain, &mut self.slots) {
            return Err(self.refuse(module, w, step));
        }
        self.plan.chain.weights.iter_mut().for_each(super::weight::Weight::follow);
        Ok(())
    }
    fn refuse(&self, module: &dyn Module<E>, w: usize, step: u64) -> NnError {
        let id = self.plan.chain.weights[w].weight;
        let mut found = String::new();
        module.visit("", &mut |name, p| {
            if p.id() == id {
                found = name.to_string();
            }
        });
        NnError::NonFinite { name: found, step }
    }

    /// Writes the weights to the network.
    pub fn store(&self, module: &mut dyn Module<E>) {
        let weights = &self.plan.chain.weights;
        module.visit_mut("", &mut |_, p: &mut Param<E>| {
            for w in weights {
                if w.weight == p.id() {
                    w.store(p.value.as_mut_slice());
                } else if w.bias == Some(p.id()) {
                    p.value.as_mut_slice().copy_from_slice(w.row.as_slice());
                }
            }
        });
    }
}

/// As [`cut`], one lane a thread unless that makes them very long.
fn share(n: usize) -> (usize, usize) {
    /// Examples that are worth a thread, and those whose values fit the second-level cache.
    const LEAST: usize = 12;
    const MOST: usize = 64;
    let lanes = team::threads().min(n.div_ceil(LEAST));
    let lanes = lanes * n.div_ceil(lanes * MOST);
    let each = n.div_ceil(lanes);
    (n.div_ceil(each), each)
}
