//! A pass of a whole batch through a program with layers that span it: all shards run a phase, then what needs the batch is done.

use super::batch::{Batch, Loaded, with_inputs};
use super::batch_norm::Coefficients;
use super::block::BlockOp;
use super::outputs::Objective;
use super::pass::Context;
use super::program::{Pass, Program};
use super::tape_run::{TapeRun, gathered};
use crate::Learned;
use sparring_tensor::{Array, Elem, Shape, elementwise, par, rows};

/// What spans the batch, from the forward pass to the update.
#[derive(Debug)]
pub(super) struct Whole<E: Elem> {
    /// Of each batch normalisation, in order.
    pub norms: Vec<Coefficients<E>>,
    /// Layers on tapes, by their position in the program.
    tapes: Vec<TapeRun<E>>,
    /// New running statistics of layers on tapes: positions among the plain parameters.
    pub learned: Vec<(usize, Array<E>)>,
    /// Gradients of plain parameters over the whole batch.
    pub grads: Vec<(usize, Array<E>)>,
}

impl<E: Elem> Default for Whole<E> {
    fn default() -> Self {
        Self { norms: Vec::new(), tapes: Vec::new(), learned: Vec::new(), grads: Vec::new() }
    }
}

impl<E: Elem> Whole<E> {
    /// Statistics of the pass are not for the network.
    pub fn forget(&mut self) {
        self.norms.iter_mut().for_each(Coefficients::forget);
        self.learned.clear();
    }
    /// The forward pass; with an objective also that, and the backward pass through the last phase.
    pub fn forward(
        &mut self,
        program: &Program<E>,
        shards: &mut [Loaded<E>],
        pass: Pass<'_>,
        work: usize,
        batch: Batch<'_, E>,
        objective: Option<&dyn Objective<E>>,
    ) {
        self.forget();
        if self.norms.is_empty() {
            self.norms = program.batch_norms.iter().map(|n| Coefficients::new(program, n)).collect();
        }
        if !pass.takes_statistics() {
            self.norms.iter_mut().zip(&program.batch_norms).for_each(|(c, n)| c.follow_running(program, n));
        }
        for (p, range) in program.phases.iter().enumerate() {
            let next = program.phases.get(p + 1).map(|r| r.start);
            let cx = Context { program, pass, wanted: batch.wanted, norms: &self.norms };
            par::for_each_chunk(shards, 1, work, |i, loaded| {
                let loaded = &mut loaded[0];
                if p == 0 {
                    batch.prepare(program, i, loaded, false);
                    batch.begin(cx, i, loaded, range.clone());
                }
                let Loaded { x, shard } = loaded;
                let x = batch.rows(program, i, x);
                if p > 0 {
                    shard.forward(cx, x, range.clone());
                }
                match (next, objective) {
                    (Some(i), _) if pass.takes_statistics() => shard.moments(program, x, i),
                    (None, Some(objective)) => {
                        objective.rows(&mut shard.output_rows(program, x));
                        shard.backward(cx, x, None, range.clone());
                    }
                    _ => {}
                }
            });
            if let Some(i) = next {
                self.between(program, shards, pass, i);
            }
        }
    }
    /// What block `i`, which spans the batch, needs before its phase.
    fn between(&mut self, program: &Program<E>, shards: &mut [Loaded<E>], pass: Pass<'_>, i: usize) {
        let block = &program.blocks[i];
        match block.op {
            BlockOp::BatchNorm(n) if pass.takes_statistics() => {
                let c = &mut self.norms[n];
                c.moments.clear();
                for loaded in shards.iter() {
                    c.moments.merge(loaded.shard.buffers[i].moments.as_ref().expect("made before"));
                }
                c.follow_batch(program, &program.batch_norms[n]);
            }
            BlockOp::Tape(t) => {
                let on = &program.tapes[t];
                let inputs = on.shapes.iter().enumerate().map(|(k, &shape)| {
                    let parts: Vec<_> =
                        shards.iter().map(|l| l.shard.input_of(program, i, k, &l.x)).collect();
                    joined(&parts, block.inputs[k].extent.len(), shape)
                });
                let inputs = inputs.collect();
                self.tapes.resize_with(program.tapes.len(), TapeRun::default);
                let learned = Learned::default();
                let y = self.tapes[t].forward(program, on, &pass, 0, inputs, Some(&learned));
                let places = learned.into_inner().into_iter();
                self.learned.extend(places.map(|(_, place, value)| (on.params.start + place, value)));
                let (len, stride) = (block.middle.len(), block.middle.stride());
                for Loaded { shard, .. } in shards {
                    let y = &y.as_slice()[shard.first * len..];
                    rows::copy(shard.rows, len, y, shard.buffers[i].z.as_mut_slice(), [len, stride]);
                }
            }
            _ => {}
        }
    }
    /// The backward pass from the gradients at the outputs, or if it has `begun` in the forward pass, the rest of it; gradients at the input into `dx`.
    pub fn backward(
        &mut self,
        program: &Program<E>,
        shards: &mut [Loaded<E>],
        pass: Pass<'_>,
        work: usize,
        batch: Batch<'_, E>,
        mut dx: Option<&mut [E]>,
        begun: bool,
    ) {
        self.grads.clear();
        for p in (0..program.phases.len()).rev() {
            let range = &program.phases[p];
            // The block that begins the next phase passes on first.
            let through = program.phases.get(p + 1).map(|r| r.start);
            if begun && through.is_none() {
                self.sum(program, shards, range.start, pass, batch.wanted.learns());
                continue;
            }
            let given = through.and_then(|i| self.backward_on_tape(program, shards, i));
            let cx = Context { program, pass, wanted: batch.wanted, norms: &self.norms };
            let mut pairs = with_inputs(shards, batch.cut, program.dim, dx.as_deref_mut());
            par::for_each_chunk(&mut pairs, 1, 2 * work, |i, pair| {
                let (Loaded { x, shard }, dx) = &mut pair[0];
                let x = batch.rows(program, i, x);
                let end = match (through, &given) {
                    (Some(i), Some(grads)) => {
                        shard.backward_given(cx, dx.as_deref_mut(), i, grads);
                        i
                    }
                    (Some(i), None) => shard.backward_through(cx, x, dx.as_deref_mut(), i),
                    _ => range.end,
                };
                shard.backward(cx, x, dx.as_deref_mut(), range.start..end);
            });
            if p > 0 {
                self.sum(program, shards, range.start, pass, batch.wanted.learns());
            }
        }
    }
    /// Sums over all shards what the batch normalisation at block `i` needs.
    fn sum(&mut self, program: &Program<E>, shards: &[Loaded<E>], i: usize, pass: Pass<'_>, learns: bool) {
        let BlockOp::BatchNorm(n) = program.blocks[i].op else { return };
        if !(learns || pass.takes_statistics()) {
            return;
        }
        let (c, norm) = (&mut self.norms[n], &program.batch_norms[n]);
        c.sums.clear();
        for loaded in shards {
            c.sums.add(loaded.shard.buffers[i].sums.as_ref().expect("made in this phase"));
        }
        c.finish_backward(program, norm);
        if learns {
            let grads = c.grads.iter().zip(norm.params);
            self.grads.extend(grads.map(|(g, place)| (place, g.clone())));
        }
    }
    /// The gradients at the inputs of a layer on a tape that spans the batch, from those at its output; `None` for other blocks.
    fn backward_on_tape(
        &mut self,
        program: &Program<E>,
        shards: &[Loaded<E>],
        i: usize,
    ) -> Option<Vec<Option<Array<E>>>> {
        let (block, BlockOp::Tape(t)) = (&program.blocks[i], program.blocks[i].op) else { return None };
        let (len, stride) = (block.middle.len(), block.middle.stride());
        let part = |l: &'_ Loaded<E>| {
            gathered(l.shard.buffers[i].gradient(), len, stride, Shape::new(&[1, len]), l.shard.rows)
        };
        let parts: Vec<_> = shards.iter().map(part).collect();
        let on = &program.tapes[t];
        let run = &mut self.tapes[t];
        let (inputs, params) = run.backward(program, on, joined(&parts, len, run.output_shape()));
        for (place, g) in on.params.clone().zip(params) {
            if let Some(g) = g {
                match self.grads.iter_mut().find(|(p, _)| *p == place) {
                    Some((_, sum)) => elementwise::add_assign(sum, &g),
                    None => self.grads.push((place, g)),
                }
            }
        }
        Some(inputs)
    }
}

/// Rows of all shards as one array of this shape, its batch axis aside.
fn joined<E: Elem>(parts: &[Array<E>], len: usize, shape: Shape) -> Array<E> {
    let numbers: usize = parts.iter().map(Array::len).sum();
    let mut dims = shape.dims().to_vec();
    dims[0] = numbers / len.max(1);
    let mut out = Array::stale(Shape::new(&dims));
    let mut at = 0;
    for part in parts {
        out.as_mut_slice()[at..at + part.len()].copy_from_slice(part.as_slice());
        at += part.len();
    }
    out
}
