//! A compiled network that learns.

use super::buffers::Wanted;
use super::compile::compile;
use super::cut::Cut;
use super::first_matmul::FirstMatmul;
use super::gradient::Gradients;
use super::inference::{Compiled, Randomness};
use super::last_matmul::LastMatmul;
use super::outputs::Objective;
use super::phases::{Loaded, Whole};
use super::program::{Pass, Program};
use super::shard::{Context, Scratch, Shard};
use super::state::{Beside, State};
use super::update::{Piece, Place, for_each_piece};
use crate::{Method, Mode, Network, NnError, Params};
use sparring_optim::Ema;
use sparring_tensor::{Array, Elem, Precision, par, reduce, team};
use std::sync::{Mutex, PoisonError};

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
    step: u64,
}

/// Cost of a rule for a parameter in the units of [`par`].
const RULE: usize = 4;

impl<E: Elem> Engine<E> {
    /// Compiles a network for training.
    #[inline(never)]
    pub fn new(network: &Network<E>, method: Method) -> Self {
        let compiled = Compiled::of(compile(network, Mode::Train));
        let state = State::new(&compiled.program, method.rule.slots());
        let first = FirstMatmul::new(&compiled.program);
        let last = first.as_ref().and_then(|_| LastMatmul::new(&compiled.program));
        Self {
            compiled,
            method,
            state,
            shards: Vec::new(),
            first,
            last,
            by_parts: false,
            scratch: Mutex::default(),
            whole: Whole::default(),
            cut: Cut::fixed(1),
            precision: Precision::F32,
            waits: false,
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
    /// If there is no example.
    #[inline(never)]
    pub fn gradients(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        draw: Randomness<'_>,
        objective: &dyn Objective<E>,
    ) -> [f64; 3] {
        assert!(n > 0, "engine: a batch holds at least one example");
        self.by_parts = self.last.is_some() && objective.is_elementwise();
        let program = &self.compiled.program;
        self.cut = if program.sums_by_shard() { Cut::fixed(n) } else { Cut::for_threads(n, team::threads()) };
        if program.phases.len() > 1 {
            self.load(n, row, Wanted::Weights);
            let (program, work) = (&self.compiled.program, self.compiled.work(n));
            let (pass, count) = (pass_of(draw), self.cut.shards());
            let shards = &mut self.shards[..count];
            self.whole.forward(program, shards, pass, work);
            par::for_each_chunk(shards, 1, work, |_, loaded| {
                let Loaded { x, shard } = &mut loaded[0];
                objective.rows(&mut shard.output_rows(program, (x.as_slice(), program.dim)));
            });
            self.whole.backward(program, shards, pass, work, None);
            return self.metrics();
        }
        self.whole.grads.clear();
        self.one_phase(n, row, pass_of(draw), objective)
    }
    /// As [`gradients`](Self::gradients) for an objective that sees all outputs at once: `objective(outputs, gradient)`, a row an example.
    ///
    /// # Panics
    /// If there is no example.
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
    /// `x`. No parameter and no statistic changes.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, at least one, or `dx` not as many numbers.
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
        (self.by_parts, self.cut) = (false, Cut::fixed(n));
        self.load(n, row, if dx.is_some() { Wanted::Input } else { Wanted::Weights });
        let (program, work, cols) = (&self.compiled.program, self.compiled.work(n), self.compiled.outputs());
        let (pass, shards) = (pass_of(draw), &mut self.shards[..self.cut.shards()]);
        self.whole.forward(program, shards, pass, work);
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
        let learns = dx.is_none();
        self.whole.backward(program, shards, pass, work, dx);
        if !learns {
            self.whole.forget();
        }
    }
    /// Outputs where layers that span the batch see it whole, as in training; no statistic changes.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, at least one, or `out` not one output for each.
    pub fn forward_of_batch(&mut self, x: &[E], draw: Randomness<'_>, out: &mut [E]) {
        let (dim, cols) = (self.compiled.inputs(), self.compiled.outputs());
        let n = x.len() / dim;
        assert!(
            n > 0 && x.len() == n * dim && out.len() == n * cols,
            "engine: {} numbers for examples of {dim}",
            x.len()
        );
        self.cut = Cut::fixed(n);
        self.load(n, &|i, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]), Wanted::Input);
        let (program, work) = (&self.compiled.program, self.compiled.work(n));
        let shards = &mut self.shards[..self.cut.shards()];
        self.whole.forward(program, shards, pass_of(draw), work);
        gather(program, shards, out);
        self.whole.forget();
    }
    /// Whether a layer sees the whole batch in training.
    pub fn spans_batch(&self) -> bool {
        self.compiled.program.phases.len() > 1
    }
    /// Brings the batch into its shards.
    fn load(&mut self, n: usize, row: &(dyn Fn(usize, &mut [E]) + Sync), wanted: Wanted) {
        let (program, cut, dim, work) =
            (&self.compiled.program, self.cut, self.compiled.program.dim, self.compiled.work(n));
        self.shards.resize_with(cut.shards().max(self.shards.len()), empty);
        par::for_each_chunk(&mut self.shards[..cut.shards()], 1, work, |i, loaded| {
            let Loaded { x, shard } = &mut loaded[0];
            let examples = cut.shard(i);
            shard.prepare(program, examples.start, examples.len(), Some(wanted), false);
            fill(x, examples.start, examples.len(), dim, row);
        });
    }
    fn one_phase(
        &mut self,
        n: usize,
        row: &(dyn Fn(usize, &mut [E]) + Sync),
        pass: Pass<'_>,
        objective: &dyn Objective<E>,
    ) -> [f64; 3] {
        let (program, cut, work) = (&self.compiled.program, self.cut, self.compiled.work(n));
        let (count, dim, scratch) = (cut.shards(), program.dim, &self.scratch);
        self.shards.resize_with(count.max(self.shards.len()), empty);
        let shards = &mut self.shards[..count];
        if let Some(first) = &mut self.first {
            first.run(program, cut, work, row);
        }
        let (first, blocks) = (self.first.as_ref(), program.blocks.len());
        let cx = Context { program, pass, learns: true, norms: &[] };
        let wanted = if self.by_parts { Wanted::WeightsButLast } else { Wanted::Weights };
        // Three times the forward pass.
        par::for_each_chunk(shards, 1, 3 * work, |i, loaded| {
            let Loaded { x, shard } = &mut loaded[0];
            let examples = cut.shard(i);
            shard.prepare(program, examples.start, examples.len(), Some(wanted), true);
            if wanted == Wanted::WeightsButLast {
                return shard.forward_after(cx, first.expect("a last matmul comes with a first"), i);
            }
            let mut own =
                scratch.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Scratch::empty);
            shard.exchange_scratch(program, &mut own);
            let x = if let Some(first) = first {
                shard.forward_after(cx, first, i);
                (first.examples(0, i), program.blocks[0].input().stride())
            } else {
                fill(x, examples.start, examples.len(), dim, row);
                let x = (x.as_slice(), dim);
                shard.forward(cx, x, 0..blocks);
                x
            };
            objective.rows(&mut shard.output_rows(program, x));
            shard.backward(cx, x, None, 0..blocks);
            shard.exchange_scratch(program, &mut own);
            scratch.lock().unwrap_or_else(PoisonError::into_inner).push(own);
        });
        if let (Some(last), Some(first), true) = (&mut self.last, first, self.by_parts) {
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
        self.metrics()
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

    /// Adds the gradients found last to those that wait for the next [`update`](Self::update), which takes their sum: a batch in several passes. Running statistics are committed.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN.
    pub fn accumulate(&mut self, params: &Params<E>) -> Result<(), NnError> {
        self.check(params)?;
        self.collect(self.waits).map_err(|w| self.refuse(params, w, self.step + 1))?;
        self.waits = true;
        self.commit();
        Ok(())
    }
    /// One step of the method with the gradients found last, or with those accumulated; running statistics are committed.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN. Nothing has changed then, unless the method has no transformation, the gradient at an output was finite and only
    /// its product with the input was not.
    #[inline(never)]
    pub fn update(&mut self, params: &Params<E>, lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        if std::mem::take(&mut self.waits) {
            self.apply(step, lr);
            self.step = step;
            self.follow();
            return Ok(());
        }
        self.check(params)?;
        if self.method.is_elementwise() {
            let shards = &self.shards[..self.cut.shards()];
            let last = self.last.as_ref().filter(|_| self.by_parts);
            let gradients = Gradients {
                shards,
                cut: self.cut,
                first: self.first.as_ref(),
                last,
                whole: &self.whole.grads,
            };
            let (method, dense) = (&self.method, self.first.is_some());
            let each = gradients.examples() / par::MUL_ADDS_PER_ELEMENT + RULE;
            let done =
                for_each_piece(&mut self.compiled.program, &mut self.state, dense, each, |program, piece| {
                    // By value, block by block: the gradient never leaves the nearest cache.
                    super::fused::step(method, &gradients, program, piece, step, lr)
                });
            done.map_err(|w| self.refuse(params, w, step))?;
        } else {
            self.collect(false).map_err(|w| self.refuse(params, w, step))?;
            self.apply(step, lr);
        }
        self.step = step;
        self.commit();
        self.follow();
        Ok(())
    }
    /// The gradients at the outputs of all weights are finite.
    fn check(&self, params: &Params<E>) -> Result<(), NnError> {
        let last = self.last.as_ref().filter(|_| self.by_parts);
        let in_last = last.filter(|l| !l.is_finite()).map(|_| self.compiled.program.weights.len() - 1);
        let shards = &self.shards[..self.cut.shards()];
        match in_last.or_else(|| shards.iter().find_map(|l| l.shard.bad)) {
            Some(w) => Err(self.refuse(params, w, self.step + 1)),
            None => Ok(()),
        }
    }
    /// Makes all gradients whole, or adds them to what is there.
    fn collect(&mut self, adds: bool) -> Result<(), Place> {
        let shards = &self.shards[..self.cut.shards()];
        let last = self.last.as_ref().filter(|_| self.by_parts);
        let gradients =
            Gradients { shards, cut: self.cut, first: self.first.as_ref(), last, whole: &self.whole.grads };
        let each = gradients.examples() / par::MUL_ADDS_PER_ELEMENT + 1;
        let dense = self.first.is_some();
        for_each_piece(&mut self.compiled.program, &mut self.state, dense, each, |program, piece| {
            super::fused::collect(&gradients, program, piece, adds)
        })
    }
    /// Transformations of the gradients as they stand beside the weights, then the rule.
    fn apply(&mut self, step: u64, lr: f64) {
        let dense = self.first.is_some();
        let grads: Vec<_> = self.state.parts().filter_map(|p| p.grad.as_ref()).map(Array::as_slice).collect();
        let scale = self.method.scales(&grads);
        let method = &self.method;
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            let Piece { kind, w, part, .. } = piece;
            let mut grad = part.grad.take().expect("made before");
            method.transform(scale, grad.as_mut_slice());
            method.step(kind, step, lr, w, grad.as_slice(), &mut part.slots);
            part.grad = Some(grad);
            true
        });
        done.expect("no piece refuses");
    }
    /// Running statistics of the last pass, once a step.
    fn commit(&mut self) {
        let program = &mut self.compiled.program;
        let norms = std::mem::take(&mut program.batch_norms);
        for (norm, found) in norms.iter().zip(&self.whole.norms) {
            found.update_running(program, norm);
        }
        program.batch_norms = norms;
        for (place, value) in self.whole.learned.drain(..) {
            program.plains[place].value = value;
        }
        self.whole.norms.clear();
    }
    /// What was made from the weights follows them.
    fn follow(&mut self) {
        self.compiled.program.weights.iter_mut().for_each(super::weight::Weight::follow);
        self.last.iter_mut().for_each(LastMatmul::follow);
    }
    fn refuse(&self, params: &Params<E>, place: Place, step: u64) -> NnError {
        let program = &self.compiled.program;
        let id = program
            .weights
            .get(place)
            .map_or_else(|| program.plains[place - program.weights.len()].id, |w| w.weight);
        let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
        NnError::NonFinite { name, step }
    }

    /// A step of the method with gradients from elsewhere (a penalty through a second derivative, say), in the layout of files, by the identity of the parameter.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN; nothing has changed then.
    pub fn update_with<'g>(
        &mut self,
        params: &Params<E>,
        grads: impl IntoIterator<Item = (u64, &'g [E])>,
        lr: f64,
    ) -> Result<(), NnError> {
        let step = self.step + 1;
        for part in self.state.packed.iter_mut().flat_map(|p| p.parts.iter_mut().chain([&mut p.row])) {
            part.grad().as_mut_slice().fill(E::ZERO);
        }
        self.state.plain.iter_mut().for_each(|p| p.grad().as_mut_slice().fill(E::ZERO));
        for (id, g) in grads {
            if !reduce::are_finite(g) {
                let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
                return Err(NnError::NonFinite { name, step });
            }
            self.state.import(&self.compiled.program, id, Beside::Grad, g);
        }
        self.apply(step, lr);
        self.step = step;
        self.whole.norms.clear();
        self.follow();
        Ok(())
    }
    /// The gradients of the last pass in the layout of files, in the order of `params`; an empty array for buffers.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if one is infinite or NaN.
    pub fn export_gradients(&mut self, params: &Params<E>) -> Result<Vec<Array<E>>, NnError> {
        self.collect(false).map_err(|w| self.refuse(params, w, self.step + 1))?;
        let of = |p: &crate::Param<E>| {
            let found = self.state.export(&self.compiled.program, p.id(), Beside::Grad);
            found.filter(|_| p.is_trained()).unwrap_or_else(|| Array::zeros([0]))
        };
        Ok(params.iter().map(of).collect())
    }

    /// Takes the weights up into their average: average ← decay · average + (1 − decay) · weight; the first call begins it.
    pub fn average(&mut self, decay: f64) {
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            let Piece { w, part, .. } = piece;
            match &mut part.average {
                Some(average) => Ema::update(decay, average.as_mut_slice(), w),
                None => part.average = Some(Array::from_slice([w.len()], w)),
            }
            true
        });
        done.expect("no piece refuses");
    }
    /// The average and the weights change places; nothing happens before there is an average. A second call undoes the first.
    pub fn exchange_average(&mut self) {
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            if let Some(average) = &mut piece.part.average {
                piece.w.swap_with_slice(average.as_mut_slice());
            }
            true
        });
        done.expect("no piece refuses");
        self.follow();
    }

    /// Writes the weights to the network.
    #[inline(never)]
    pub fn store(&self, params: &mut Params<E>) {
        for p in params {
            self.write(p.id(), p.value.as_mut_slice());
        }
    }
    /// The weights as a copy of the network's parameters.
    pub fn export_weights(&self, params: &Params<E>) -> Params<E> {
        let mut out = params.clone();
        out.iter_mut().zip(params).for_each(|(to, p)| self.write(p.id(), to.value.as_mut_slice()));
        out
    }
    fn write(&self, id: u64, to: &mut [E]) {
        let program = &self.compiled.program;
        for w in &program.weights {
            if w.weight == id {
                return w.unpack(&w.forward, to);
            } else if w.bias == Some(id) {
                return to.copy_from_slice(w.row.as_slice());
            }
        }
        if let Some(plain) = program.plains.iter().find(|q| q.id == id) {
            to.copy_from_slice(plain.value.as_slice());
        }
    }
    /// An engine of the same method and precision that begins at a network's weights.
    #[must_use]
    pub fn again(&self, network: &Network<E>) -> Self {
        Self::new(network, self.method.clone()).in_precision(self.precision)
    }
    /// Everything but the weights that the next steps depend on, in the layout of files: it depends on neither instruction set nor threads.
    pub fn export_state(&self, params: &Params<E>) -> EngineState<E> {
        let of = |which| {
            let one = |p: &crate::Param<E>| self.state.export(&self.compiled.program, p.id(), which);
            params.iter().filter(|p| p.is_trained()).map(one).collect::<Option<Vec<_>>>()
        };
        let slots = (0..self.method.rule.slots()).filter_map(|i| of(Beside::Slot(i))).collect();
        EngineState { step: self.step, slots, average: of(Beside::Average) }
    }
    /// Goes on from a state of the same network and method; the weights are those of the network the engine was made from.
    ///
    /// # Errors
    /// [`NnError::State`] if it belongs to another network or method; nothing has changed then.
    pub fn import_state(&mut self, params: &Params<E>, state: &EngineState<E>) -> Result<(), NnError> {
        let trained: Vec<_> = params.iter().filter(|p| p.is_trained()).collect();
        let fits = |all: &Vec<Array<E>>| {
            all.len() == trained.len() && all.iter().zip(&trained).all(|(a, p)| a.len() == p.shape().numel())
        };
        if state.slots.len() != self.method.rule.slots() {
            let (got, want) = (state.slots.len(), self.method.rule.slots());
            return Err(NnError::State(format!("{got} slots, the rule keeps {want}")));
        }
        if !state.slots.iter().chain(&state.average).all(fits) {
            return Err(NnError::State("it belongs to a network of other parameters".into()));
        }
        let program = &self.compiled.program;
        for (i, p) in trained.iter().enumerate() {
            for (s, slot) in state.slots.iter().enumerate() {
                self.state.import(program, p.id(), Beside::Slot(s), slot[i].as_slice());
            }
            if let Some(average) = &state.average {
                self.state.import(program, p.id(), Beside::Average, average[i].as_slice());
            }
        }
        self.step = state.step;
        Ok(())
    }
}

/// What a training depends on besides weights, data and recipe, in PyTorch's layouts, in the order of the trained parameters.
#[derive(Clone, Debug)]
pub struct EngineState<E: Elem = f32> {
    /// Steps done.
    pub step: u64,
    /// The rule's slots: for each, an array a parameter.
    pub slots: Vec<Vec<Array<E>>>,
    /// The average of the weights, where one is kept.
    pub average: Option<Vec<Array<E>>>,
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

/// Brings examples into a shard.
fn fill<E: Elem>(
    x: &mut Array<E>,
    first: usize,
    rows: usize,
    dim: usize,
    row: &(dyn Fn(usize, &mut [E]) + Sync),
) {
    if x.len() < rows * dim {
        *x = Array::zeros([rows * dim]);
    }
    let x = &mut x.as_mut_slice()[..rows * dim];
    x.chunks_exact_mut(dim).enumerate().for_each(|(r, x)| row(first + r, x));
}
