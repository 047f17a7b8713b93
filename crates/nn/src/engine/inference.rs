//! A compiled network with fixed weights: forward passes, and gradients at the input.

use super::batch_norm::Coefficients;
use super::buffers::Wanted;
use super::compile::compile;
use super::cut::Cut;
use super::pass::Context;
use super::program::{Pass, Program};
use super::shard::Shard;
use crate::{Mode, Network};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Precision, par};
use std::sync::{Mutex, PoisonError};

/// A network compiled once and run many times, its weights packed as the kernels read them.
///
/// Its numbers are those of the layers: the outputs, and the gradients at the input, have the same bits however the examples are cut
/// into batches and whatever the number of threads. A layer without instructions of its own runs on a tape inside the program.
#[derive(Debug)]
pub struct Compiled<E: Elem = f32> {
    pub(super) program: Program<E>,
    /// Idle buffers.
    idle: Mutex<Vec<Workspace<E>>>,
}

/// What a pass needs beside the weights, kept for the next one.
#[derive(Debug)]
struct Workspace<E: Elem> {
    shards: Vec<Shard<E>>,
    /// Of each batch normalisation.
    norms: Vec<Coefficients<E>>,
}

/// What layers draw random numbers from in a pass, and whether they do.
#[derive(Clone, Copy, Debug)]
pub struct Randomness<'a> {
    /// With [`Mode::Train`] dropout drops, and in steps of [`Engine`](crate::Engine) batch normalisation uses the statistics of the batch. With [`Mode::Eval`], and always in passes of
    /// [`Compiled`], where no example may depend on those beside it, it uses its running statistics: it is a fixed affine map, and frozen in a step of the engine but for its weight and bias.
    pub mode: Mode,
    /// The key of the step.
    pub key: Key,
    /// The ids of the examples; by position where there are fewer.
    pub ids: &'a [u64],
}

impl Randomness<'_> {
    /// That of the examples from `first` on. Each of them has an id, or `first` is 0: by position they would draw what the first ones draw.
    ///
    /// # Panics
    /// If `first` is neither 0 nor below the number of ids.
    ///
    /// ```
    /// use sparring_nn::Randomness;
    /// let all = Randomness { ids: &[7, 8, 9], ..Randomness::none() };
    /// assert_eq!((all.starting_at(1).ids, Randomness::none().starting_at(0).ids), (&[8, 9][..], &[][..]));
    /// ```
    #[track_caller]
    #[must_use]
    pub fn starting_at(self, first: usize) -> Self {
        assert!(first < self.ids.len().max(1), "example {first} of a batch of {} ids", self.ids.len());
        Self { ids: self.ids.get(first..).unwrap_or_default(), ..self }
    }
    /// None: evaluation.
    pub fn none() -> Self {
        Self { mode: Mode::Eval, key: Key::new(0), ids: &[] }
    }
}

/// `cotangent(i, outputs, d)` writes the i-th gradient at all outputs into `d`.
type Cotangents<'a, E> = &'a mut dyn FnMut(usize, &[E], &mut [E]);

impl<E: Elem> Compiled<E> {
    /// Compiles a network.
    #[inline(never)]
    pub fn new(network: &Network<E>) -> Self {
        Self::of(compile(network, Mode::Eval))
    }
    pub(super) fn of(program: Program<E>) -> Self {
        Self { program, idle: Mutex::default() }
    }
    /// The same with its matmuls and convolutions in another precision, where that is faster: outputs and gradients at
    /// the input. The bits still depend on nothing but the numbers. Networks of `f64` stay as they are.
    #[must_use]
    pub fn in_precision(mut self, precision: Precision) -> Self {
        self.set_precision(precision, false);
        self
    }
    #[inline(never)]
    pub(super) fn set_precision(&mut self, precision: Precision, changes: bool) {
        self.program.weights.iter_mut().for_each(|w| w.set_precision(precision, changes));
    }
    /// Numbers of an example.
    pub fn inputs(&self) -> usize {
        self.program.dim
    }
    /// Numbers of an output.
    pub fn outputs(&self) -> usize {
        self.program.last().output.len()
    }
    /// Cost of `n` examples in the units of [`par`].
    pub(super) fn work(&self, n: usize) -> usize {
        let each: usize = self.program.weights.iter().map(|w| w.mul_adds()).sum();
        n.saturating_mul(each / par::MUL_ADDS_PER_ELEMENT + self.program.dim)
    }
    fn with_shards<R>(
        &self,
        n: usize,
        wanted: Option<Wanted>,
        f: impl FnOnce(&mut [Shard<E>], &[Coefficients<E>], usize) -> R,
    ) -> R {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Workspace { mut shards, mut norms } = idle.unwrap_or_else(|| Workspace {
            shards: Vec::new(),
            norms: self.program.batch_norms.iter().map(|n| Coefficients::new(&self.program, n)).collect(),
        });
        let cut = Cut::fixed(n);
        let count = cut.shards();
        if shards.len() < count {
            shards.resize_with(count, Shard::empty);
        }
        for (i, shard) in shards[..count].iter_mut().enumerate() {
            let examples = cut.shard(i);
            shard.prepare(&self.program, examples.start, examples.len(), wanted, false);
        }
        for (coefficients, norm) in norms.iter_mut().zip(&self.program.batch_norms) {
            coefficients.follow_running(&self.program, norm);
        }
        let out = f(&mut shards[..count], &norms, self.work(n));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Workspace { shards, norms });
        out
    }
    fn examples(&self, x: &[E]) -> usize {
        let dim = self.program.dim;
        assert!(x.len().is_multiple_of(dim.max(1)), "compiled: {} numbers for examples of {dim}", x.len());
        x.len() / dim.max(1)
    }
    fn context<'a>(&'a self, draw: Randomness<'a>, norms: &'a [Coefficients<E>]) -> Context<'a, E> {
        // Batch statistics are never those of such a pass.
        let pass = Pass { mode: draw.mode, batch: false, key: draw.key, ids: draw.ids };
        Context { program: &self.program, pass, wanted: Wanted::Input, norms }
    }

    /// The outputs for `x`, examples of channels first, one after the other.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, or `out` not one output for each.
    pub fn forward(&self, x: &[E], out: &mut [E]) {
        self.forward_with(Randomness::none(), x, out);
    }
    /// As [`forward`](Self::forward), with layers that may be random.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[inline(never)]
    pub fn forward_with(&self, draw: Randomness<'_>, x: &[E], out: &mut [E]) {
        let (n, cols, dim) = (self.examples(x), self.outputs(), self.program.dim);
        assert_eq!(out.len(), n * cols, "compiled: outputs of {n} examples");
        if n == 0 {
            return;
        }
        self.with_shards(n, None, |shards, norms, work| {
            let cx = self.context(draw, norms);
            par::for_each_chunk(shards, 1, work, |_, shard| {
                let shard = &mut shard[0];
                shard.forward(cx, (shard.part(x, dim), dim), 0..self.program.blocks.len());
            });
            self.gather(shards, out);
        });
    }
    fn gather(&self, shards: &[Shard<E>], out: &mut [E]) {
        let cols = self.outputs();
        for shard in shards {
            let (y, stride) = shard.outputs(&self.program);
            let to = &mut out[shard.first * cols..(shard.first + shard.rows) * cols];
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
    pub fn pullbacks(&self, x: &[E], k: usize, cotangent: Cotangents<'_, E>, grads: &mut [E]) {
        self.pullbacks_with(Randomness::none(), x, k, cotangent, grads);
    }
    /// As [`pullbacks`](Self::pullbacks), with layers that may be random.
    ///
    /// # Panics
    /// As [`pullbacks`](Self::pullbacks).
    #[inline(never)]
    pub fn pullbacks_with(
        &self,
        draw: Randomness<'_>,
        x: &[E],
        k: usize,
        cotangent: Cotangents<'_, E>,
        grads: &mut [E],
    ) {
        let (n, cols, dim, blocks) =
            (self.examples(x), self.outputs(), self.program.dim, self.program.blocks.len());
        assert_eq!(grads.len(), k * x.len(), "compiled: {k} gradients of {n} examples");
        if n == 0 {
            return;
        }
        let (mut y, mut dy) = (Array::stale([n * cols]), Array::stale([n * cols]));
        self.with_shards(n, Some(Wanted::Input), |shards, norms, work| {
            let cx = self.context(draw, norms);
            par::for_each_chunk(shards, 1, work, |_, shard| {
                let shard = &mut shard[0];
                shard.forward(cx, (shard.part(x, dim), dim), 0..blocks);
            });
            self.gather(shards, y.as_mut_slice());
            for (i, grads) in grads.chunks_exact_mut(x.len()).enumerate() {
                dy.as_mut_slice().fill(E::ZERO);
                cotangent(i, y.as_slice(), dy.as_mut_slice());
                let each = shards[0].rows * dim;
                let mut pairs: Vec<_> = shards.iter_mut().zip(grads.chunks_mut(each)).collect();
                par::for_each_chunk(&mut pairs, 1, work, |_, pair| {
                    let (shard, dx) = &mut pair[0];
                    let dy = shard.part(dy.as_slice(), cols);
                    for ((_, d, _), dy) in
                        shard.output_rows(&self.program, (&[], 1)).iter().zip(dy.chunks_exact(cols))
                    {
                        d.copy_from_slice(dy);
                    }
                    shard.backward(cx, (shard.part(x, dim), dim), Some(dx), 0..blocks);
                });
            }
        });
    }
}
