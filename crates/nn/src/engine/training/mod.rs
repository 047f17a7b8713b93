//! A compiled network that learns.

use crate::engine::batch::{Batch, Loaded, with_inputs};
use crate::engine::buffers::Wanted;
use crate::engine::compile::compile;
use crate::engine::cut::Cut;
use crate::engine::first_matmul::FirstMatmul;
use crate::engine::inference::{Compiled, Randomness};
use crate::engine::last_matmul::LastMatmul;
use crate::engine::outputs::Objective;
use crate::engine::pass::Context;
use crate::engine::phases::Whole;
use crate::engine::program::{Pass, Program};
use crate::engine::shard::{Scratch, Shard};
use crate::engine::state::State;
use crate::{Method, Mode, Network};
use sparring_tensor::{Array, Elem, Precision, par, team};
use std::sync::{Mutex, PoisonError};

mod batch;
mod descent;
mod displace;
mod memory;
mod statistics;

pub use memory::EngineState;

/// A compiled network with the state of a [`Method`]: a training step in a few passes over the threads.
///
/// Between steps the weights live here, packed; [`store`](Self::store) writes them to the network.
#[derive(Debug)]
pub struct Engine<E: Elem = f32> {
    compiled: Compiled<E>,
    method: Method,
    state: State<E>,
    shards: Vec<Loaded<E>>,
    first: Option<FirstMatmul<E>>,
    last: Option<LastMatmul<E>>,
    /// Whether the present gradients were made with the first matmul cut.
    by_columns: bool,
    /// Whether the present gradients were made with the last matmul cut.
    by_parts: bool,
    /// What goes from shard to shard, as many as threads met.
    scratch: Mutex<Vec<Scratch<E>>>,
    /// What spans the batch.
    whole: Whole<E>,
    /// The present batch.
    cut: Cut,
    precision: Precision,
    /// Whether accumulated gradients wait.
    waits: bool,
    /// Whether the shards hold the gradients of a batch.
    present: bool,
    /// Whether the weights are displaced.
    displaced: bool,
    step: u64,
}

/// Cost of a rule for a parameter in the units of [`par`].
const RULE: usize = 4;

impl<E: Elem> Engine<E> {
    /// Compiles a network for training.
    #[inline(never)]
    pub fn new(network: &Network<E>, method: Method) -> Self {
        let compiled = Compiled::of(compile(network, Mode::Train));
        let state = State::new(&compiled.program, method.slots());
        let first = FirstMatmul::new(&compiled.program);
        let last = first.as_ref().and_then(|_| LastMatmul::new(&compiled.program));
        Self {
            compiled,
            method,
            state,
            shards: Vec::new(),
            first,
            last,
            by_columns: false,
            by_parts: false,
            scratch: Mutex::default(),
            whole: Whole::default(),
            cut: Cut::fixed(1),
            precision: Precision::F32,
            waits: false,
            present: false,
            displaced: false,
            step: 0,
        }
    }
    /// The same with another precision, where that is faster though the weights change with each step: for convolutions. Gradients at weights stay
    /// in `f32`.
    #[must_use]
    pub fn in_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self.compiled.set_precision(precision, true);
        self
    }
    /// The network as it is now; normalisations use their running statistics, dropout is off unless asked for.
    pub fn compiled(&self) -> &Compiled<E> {
        &self.compiled
    }
    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Forward and backward for `n` examples; `row(i, to)` writes example `i`, channels first, perhaps more than once. The objective reads outputs
    /// and writes their gradient, some examples at a time and on any thread; returns the sums of its metrics, added in the order of the examples. `draw` gives dropout its masks.
    ///
    /// # Panics
    /// If there is no example; in [`Mode::Train`], if a batch normalization sees only one value a channel
    /// (fewer examples than [`Graph::least_batch`](crate::Graph::least_batch)).
    #[inline(never)]
    pub fn gradients(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &dyn Objective<E>,
    ) -> [f64; 3] {
        self.both(n, row, draw, objective, None)
    }
    /// The gradients of the parameters, and into `dx` those at the input.
    fn both(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &dyn Objective<E>,
        dx: Option<&mut [E]>,
    ) -> [f64; 3] {
        assert!(n > 0, "engine: a batch holds at least one example");
        self.present = true;
        let program = &self.compiled.program;
        self.cut =
            if program.sums_by_shard() { fixed(program, n) } else { Cut::for_threads(n, team::threads()) };
        self.by_parts = self.last.is_some() && objective.is_elementwise() && dx.is_none();
        self.by_columns = self.first.is_some();
        self.whole.grads.clear();
        let (cut, work) = (self.cut, self.compiled.work(n));
        if let Some(first) = &mut self.first {
            first.run(program, cut, work, row);
        }
        let wanted = match dx {
            Some(_) => Wanted::WeightsAndInput,
            None if self.by_parts => Wanted::WeightsButLast,
            None => Wanted::Weights,
        };
        let batch = Batch { cut, wanted, row, first: self.first.as_ref() };
        self.shards.resize_with(cut.shards().max(self.shards.len()), empty);
        let (shards, pass) = (&mut self.shards[..cut.shards()], pass_of(draw));
        if program.phases.len() > 1 {
            self.whole.forward(program, shards, pass, work, batch, Some(objective).filter(|_| dx.is_none()));
            let begun = dx.is_none();
            if !begun {
                par::for_each_chunk(shards, 1, work, |i, loaded| {
                    let Loaded { x, shard } = &mut loaded[0];
                    objective.rows(&mut shard.output_rows(program, batch.rows(program, i, x)));
                });
            }
            self.whole.backward(program, shards, pass, work, batch, dx, begun);
        } else {
            one_phase(program, shards, pass, work, batch, &self.scratch, &mut self.last, objective, dx);
        }
        self.metrics()
    }
    /// Whether a layer sees the whole batch in training.
    pub fn spans_batch(&self) -> bool {
        self.compiled.program.phases.len() > 1
    }
    /// The sums of the objective's metrics: over each chain of examples first, then chain by chain.
    fn metrics(&self) -> [f64; 3] {
        let (mut sums, mut chain) = ([0.0; 3], [0.0; 3]);
        for Loaded { shard, .. } in &self.shards[..self.cut.shards()] {
            if self.cut.begins_chain(shard.first) {
                sums.iter_mut().zip(std::mem::take(&mut chain)).for_each(|(s, v)| *s += v);
            }
            for metrics in &shard.metrics[..shard.rows] {
                chain.iter_mut().zip(metrics).for_each(|(s, v)| *s += v);
            }
        }
        sums.iter_mut().zip(chain).for_each(|(s, v)| *s += v);
        sums
    }
}

/// The outputs of all shards, a row an example.
fn gather<E: Elem>(program: &Program<E>, shards: &[Loaded<E>], out: &mut [E]) {
    let cols = program.last().output.len();
    for Loaded { shard, .. } in shards {
        let (from, stride) = shard.outputs(program);
        let rows = out[shard.first * cols..].chunks_mut(cols).zip(from.chunks(stride));
        rows.take(shard.rows).for_each(|(to, y)| to.copy_from_slice(&y[..cols]));
    }
}

fn empty<E: Elem>() -> Loaded<E> {
    Loaded { x: Array::zeros([0]), shard: Shard::empty() }
}

fn pass_of(draw: Randomness<'_>) -> Pass<'_> {
    Pass { mode: draw.mode, batch: true, key: draw.key, ids: draw.ids }
}

/// A cut that depends on the number of examples alone.
fn fixed<E: Elem>(program: &Program<E>, n: usize) -> Cut {
    if program.is_dense() { Cut::fixed_in_chains(n) } else { Cut::fixed(n) }
}

/// Forward pass, objective and backward pass of a program in which no layer spans the batch.
fn one_phase<E: Elem>(
    program: &Program<E>,
    shards: &mut [Loaded<E>],
    pass: Pass<'_>,
    work: usize,
    batch: Batch<'_, E>,
    scratch: &Mutex<Vec<Scratch<E>>>,
    last: &mut Option<LastMatmul<E>>,
    objective: &dyn Objective<E>,
    dx: Option<&mut [E]>,
) {
    let cx = Context { program, pass, wanted: batch.wanted, norms: &[] };
    let (blocks, but_last) = (program.blocks.len(), batch.wanted == Wanted::WeightsButLast);
    // Three times the forward pass.
    par::for_each_chunk(&mut with_inputs(shards, batch.cut, program.dim, dx), 1, 3 * work, |i, pair| {
        let (loaded, dx) = &mut pair[0];
        batch.prepare(program, i, loaded, true);
        if but_last {
            return batch.begin(cx, i, loaded, 0..blocks - 1);
        }
        let mut own =
            scratch.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Scratch::empty);
        loaded.shard.exchange_scratch(program, &mut own);
        batch.begin(cx, i, loaded, 0..blocks);
        let Loaded { x, shard } = loaded;
        let x = batch.rows(program, i, x);
        objective.rows(&mut shard.output_rows(program, x));
        shard.backward(cx, x, dx.as_deref_mut(), 0..blocks);
        shard.exchange_scratch(program, &mut own);
        scratch.lock().unwrap_or_else(PoisonError::into_inner).push(own);
    });
    if let (Some(last), Some(first), true) = (last, batch.first, but_last) {
        last.run(program, shards, first, 2 * work, objective);
        let last = &*last;
        par::for_each_chunk(shards, 1, work, |i, loaded| {
            let shard = &mut loaded[0].shard;
            last.gather(i, shard.last_gradient(program));
            shard.backward(cx, (&[], 1), None, 0..blocks);
        });
        for (i, loaded) in shards.iter_mut().enumerate() {
            loaded.shard.metrics.iter_mut().zip(last.metrics(i)).for_each(|(to, m)| *to = m);
        }
    }
}
