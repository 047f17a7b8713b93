//! A plan with fixed weights: forward passes, and gradients at the input.

use super::compile::{Chain, compile};
use super::lane::{Lane, Wanted};
use crate::{Mode, Network};
use sparring_tensor::{Array, Elem, Precision, par};
use std::sync::{Mutex, PoisonError};

/// A compiled chain of layers with its weights packed.
///
/// Its numbers are those of the layers: the outputs, and the gradients at the input, have the same bits however the examples are cut
/// into batches and whatever the number of threads.
#[derive(Debug)]
pub struct Plan<E: Elem = f32> {
    pub(super) chain: Chain<E>,
    pub(super) dim: usize,
    /// Idle buffers.
    idle: Mutex<Vec<Vec<Lane<E>>>>,
}

/// Examples of a lane at most: their values stay in the second-level cache, and a weight read from there serves them all.
const LANE: usize = 32;

/// The examples of lane `i` of `n`, cut evenly: `(number of lanes, examples of a lane)`; from `n` alone, so that no bit depends on threads.
pub(super) fn cut(n: usize) -> (usize, usize) {
    // An even number of lanes: two threads get the same share.
    let lanes = (2 * n.div_ceil(2 * LANE)).clamp(1, n.max(1));
    let each = n.div_ceil(lanes);
    (n.div_ceil(each.max(1)).max(1), each)
}

/// `cotangent(i, outputs, d)` writes the i-th gradient at all outputs into `d`.
type Cotangents<'a, E> = &'a mut dyn FnMut(usize, &[E], &mut [E]);

impl<E: Elem> Plan<E> {
    /// The plan of a network; `None` if a layer, in this mode, has no [`Lowering`](super::Lowering) that it knows.
    #[inline(never)]
    pub fn new(network: &Network<E>, mode: Mode) -> Option<Self> {
        let chain = compile(network, mode)?;
        Some(Self { chain, dim: network.graph().input.iter().product(), idle: Mutex::default() })
    }
    /// The same plan with its products and convolutions in another precision, where that is faster: outputs and gradients at
    /// the input. The bits still depend on nothing but the numbers. Plans of `f64` stay as they are.
    #[must_use]
    pub fn in_precision(mut self, precision: Precision) -> Self {
        self.set_precision(precision, false);
        self
    }
    #[inline(never)]
    pub(super) fn set_precision(&mut self, precision: Precision, changes: bool) {
        self.chain.weights.iter_mut().for_each(|w| w.set_precision(precision, changes));
    }
    /// Numbers of an example.
    pub fn inputs(&self) -> usize {
        self.dim
    }
    /// Numbers of an output.
    pub fn outputs(&self) -> usize {
        self.chain.blocks.last().map_or(0, |b| b.output.len())
    }
    /// Cost of `n` examples in the units of [`par`].
    pub(super) fn work(&self, n: usize) -> usize {
        let each: usize = self.chain.weights.iter().map(|w| w.mul_adds()).sum();
        n.saturating_mul(each / par::MUL_ADDS_PER_ELEMENT + self.dim)
    }
    pub(super) fn with_lanes<R>(
        &self,
        n: usize,
        wanted: Option<Wanted>,
        f: impl FnOnce(&mut [Lane<E>], usize) -> R,
    ) -> R {
        let mut lanes = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let (count, each) = cut(n);
        if lanes.len() < count {
            lanes.resize_with(count, Lane::empty);
        }
        for (i, lane) in lanes[..count].iter_mut().enumerate() {
            lane.prepare(&self.chain, i * each, each.min(n - i * each), wanted);
        }
        let out = f(&mut lanes[..count], self.work(n));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lanes);
        out
    }
    pub(super) fn examples(&self, x: &[E]) -> usize {
        assert!(
            x.len().is_multiple_of(self.dim.max(1)),
            "plan: {} numbers for examples of {}",
            x.len(),
            self.dim
        );
        x.len() / self.dim.max(1)
    }

    /// The outputs for `x`, examples of planes one after the other.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, or `out` not one output for each.
    #[inline(never)]
    pub fn forward(&self, x: &[E], out: &mut [E]) {
        let (n, cols) = (self.examples(x), self.outputs());
        assert_eq!(out.len(), n * cols, "plan: outputs of {n} examples");
        if n == 0 {
            return;
        }
        self.with_lanes(n, None, |lanes, work| {
            par::for_each_chunk(lanes, 1, work, |_, lane| {
                let lane = &mut lane[0];
                lane.forward(&self.chain, lane.part(x, self.dim));
            });
            self.gather(lanes, out);
        });
    }
    fn gather(&self, lanes: &[Lane<E>], out: &mut [E]) {
        let cols = self.outputs();
        for lane in lanes {
            let (y, stride) = lane.outputs(&self.chain);
            let to = &mut out[lane.first * cols..(lane.first + lane.rows) * cols];
            to.chunks_exact_mut(cols)
                .zip(y.chunks(stride))
                .for_each(|(to, y)| to.copy_from_slice(&y[..cols]));
        }
    }

    /// Gradients at the input: `cotangent(i, outputs, d)` writes the gradient at all outputs into `d`, `k` times after one forward pass;
    /// `grads` receives the `k` gradients at `x`, one after the other.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, or `grads` not `k` times as many numbers.
    #[inline(never)]
    pub fn pullbacks(&self, x: &[E], k: usize, cotangent: Cotangents<'_, E>, grads: &mut [E]) {
        let (n, cols, chain, dim) = (self.examples(x), self.outputs(), &self.chain, self.dim);
        assert_eq!(grads.len(), k * x.len(), "plan: {k} gradients of {n} examples");
        if n == 0 {
            return;
        }
        let (mut y, mut dy) = (Array::stale([n * cols]), Array::stale([n * cols]));
        self.with_lanes(n, Some(Wanted::Input), |lanes, work| {
            par::for_each_chunk(lanes, 1, work, |_, lane| {
                let lane = &mut lane[0];
                lane.forward(chain, lane.part(x, dim));
            });
            self.gather(lanes, y.as_mut_slice());
            for (i, grads) in grads.chunks_exact_mut(x.len()).enumerate() {
                dy.as_mut_slice().fill(E::ZERO);
                cotangent(i, y.as_slice(), dy.as_mut_slice());
                let each = lanes[0].rows * dim;
                let mut pairs: Vec<_> = lanes.iter_mut().zip(grads.chunks_mut(each)).collect();
                par::for_each_chunk(&mut pairs, 1, work, |_, pair| {
                    let (lane, dx) = &mut pair[0];
                    let dy = lane.part(dy.as_slice(), cols);
                    for ((_, d, _), dy) in lane.head(chain, &[], 1).iter().zip(dy.chunks_exact(cols)) {
                        d.copy_from_slice(dy);
                    }
                    lane.backward(chain, lane.part(x, dim), Some(dx));
                });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_cover_a_batch_evenly() {
        for n in 0..400 {
            let (count, each) = cut(n);
            assert!(count * each >= n && (n == 0 || (count - 1) * each < n), "{n}: {count} lanes of {each}");
        }
        assert_eq!([cut(128), cut(32), cut(50), cut(1)], [(4, 32), (2, 16), (2, 25), (1, 1)]);
    }
}
