//! Passes that give or take numbers of the whole batch at once.

use super::{Engine, empty, fixed, gather, pass_of};
use crate::engine::batch::{Batch, Loaded};
use crate::engine::buffers::Wanted;
use crate::engine::inference::Randomness;
use crate::engine::outputs::Objective;
use sparring_tensor::{Array, Elem};

impl<E: Elem> Engine<E> {
    /// As [`gradients`](Self::gradients), and from the same backward pass the gradient at the input of each example into `dx`, channels first.
    ///
    /// # Panics
    /// If `dx` does not hold as many numbers as the examples; otherwise as [`gradients`](Self::gradients).
    #[inline(never)]
    pub fn gradients_with_input(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &dyn Objective<E>,
        dx: &mut [E],
    ) -> [f64; 3] {
        let dim = self.compiled.inputs();
        assert!(dx.len() == n * dim, "engine: {} numbers for {n} examples of {dim}", dx.len());
        self.both(n, row, draw, objective, Some(dx))
    }
    /// As [`gradients`](Self::gradients) for an objective that sees all outputs at once: `objective(outputs, gradient)`, a row an example.
    ///
    /// # Panics
    /// As [`gradients`](Self::gradients).
    pub fn gradients_of_batch(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &mut dyn FnMut(&[E], &mut [E]),
    ) {
        self.whole_batch(n, row, draw, objective, None);
    }
    /// Gradients at the input where layers that span the batch see it whole, as in training: `cotangent(outputs, gradient)` writes the gradient at all outputs, `dx` receives that at
    /// `x`. No parameter and no statistic changes; gradients that no [`update`](Self::update) or [`accumulate`](Self::accumulate) has used are lost.
    ///
    /// # Panics
    /// If `x` does not hold whole examples or `dx` not as many numbers; otherwise as [`gradients`](Self::gradients).
    pub fn pullback_of_batch(
        &mut self,
        x: &[E],
        draw: Randomness<'_>,
        cotangent: &mut dyn FnMut(&[E], &mut [E]),
        dx: &mut [E],
    ) {
        let dim = self.compiled.inputs();
        assert!(
            x.len() == dx.len() && x.len().is_multiple_of(dim),
            "engine: {} numbers for examples of {dim}",
            x.len()
        );
        let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        self.whole_batch(x.len() / dim, &row, draw, cotangent, Some(dx));
    }
    fn whole_batch(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &mut dyn FnMut(&[E], &mut [E]),
        dx: Option<&mut [E]>,
    ) {
        assert!(n > 0, "engine: a batch holds at least one example");
        let wanted = if dx.is_some() { Wanted::Input } else { Wanted::Weights };
        let (cols, work) = (self.compiled.outputs(), self.compiled.work(n));
        self.present = dx.is_none();
        let (batch, pass) = (self.whole_cut(n, row, wanted), pass_of(draw));
        let (program, shards) = (&self.compiled.program, &mut self.shards[..batch.cut.shards()]);
        self.whole.forward(program, shards, pass, work, batch, None);
        let (mut y, mut dy) = (Array::stale([n * cols]), Array::zeros([n * cols]));
        gather(program, shards, y.as_mut_slice());
        objective(y.as_slice(), dy.as_mut_slice());
        for Loaded { x, shard } in &mut *shards {
            let dy = dy.as_slice()[shard.first * cols..].chunks(cols);
            let mut rows = shard.output_rows(program, (x.as_slice(), program.dim));
            for ((_, to, metrics), dy) in rows.iter().zip(dy) {
                to.copy_from_slice(dy);
                *metrics = [0.0; 3];
            }
        }
        self.whole.backward(program, shards, pass, work, batch, dx, false);
        if !wanted.learns() {
            self.whole.forget();
        }
    }
    /// Outputs where layers that span the batch see it whole, as in training; no statistic changes. Gradients that no [`update`](Self::update) or [`accumulate`](Self::accumulate)
    /// has used are lost.
    ///
    /// # Panics
    /// If `x` does not hold whole examples or `out` not one output for each; otherwise as [`gradients`](Self::gradients).
    pub fn forward_of_batch(&mut self, x: &[E], draw: Randomness<'_>, out: &mut [E]) {
        let n = self.forward_in_training(x, draw);
        let cols = self.compiled.outputs();
        assert!(out.len() == n * cols, "engine: {} outputs for {n} examples of {cols}", out.len());
        gather(&self.compiled.program, &self.shards[..self.cut.shards()], out);
        self.whole.forget();
    }
    /// A forward pass that finds the statistics of the batch; the number of its examples.
    pub(super) fn forward_in_training(&mut self, x: &[E], draw: Randomness<'_>) -> usize {
        let dim = self.compiled.inputs();
        let n = x.len() / dim;
        assert!(n > 0 && x.len() == n * dim, "engine: {} numbers for examples of {dim}", x.len());
        let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        self.present = false;
        let batch = self.whole_cut(n, &row, Wanted::Input);
        let (program, work) = (&self.compiled.program, self.compiled.work(n));
        let shards = &mut self.shards[..batch.cut.shards()];
        self.whole.forward(program, shards, pass_of(draw), work, batch, None);
        n
    }
    /// A cut by the number of examples alone, and no matmul cut by columns.
    fn whole_cut<'a>(
        &mut self,
        n: usize,
        row: &'a (dyn Fn(usize, &mut [E]) + Sync),
        wanted: Wanted,
    ) -> Batch<'a, E> {
        (self.by_columns, self.by_parts) = (false, false);
        self.cut = fixed(&self.compiled.program, n);
        self.shards.resize_with(self.cut.shards().max(self.shards.len()), empty);
        Batch { cut: self.cut, wanted, row, first: None }
    }
}
