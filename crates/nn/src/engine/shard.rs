//! Some examples of a batch on their way through a program, on one thread.

use super::backward::{deliver_given, input_gradient};
use super::block::{BlockOp, Operand};
use super::buffers::{Buffers, Wanted};
use super::first_matmul::FirstMatmul;
use super::forward::operation;
use super::outputs::OutputRows;
use super::parameter_gradients::parameter_gradients;
use super::pass::{Context, Strided, source};
use super::program::Program;
use super::tape_run::gathered;
use sparring_tensor::{Array, Elem, Shape};
use std::ops::Range;

/// Images that go back through a batch normalisation and the convolution before it at a time.
const IMAGES: usize = 2;

/// The buffers of up to `capacity` examples.
#[derive(Debug)]
pub(super) struct Shard<E: Elem> {
    /// Index of the first example in the batch, and how many there are now.
    pub first: usize,
    pub rows: usize,
    capacity: usize,
    /// Whether some buffers are scratch buffers elsewhere.
    shares: bool,
    /// Blocks of the program that the examples pass here: all, or all but the last.
    blocks: usize,
    pub buffers: Vec<Buffers<E>>,
    /// What the objective says of each example.
    pub metrics: Vec<[f64; 3]>,
    /// The first weight whose output has a gradient that is not finite.
    pub bad: Option<usize>,
}

/// Scratch buffers that a shard does not need after its backward pass: they go from shard to shard of a thread.
#[derive(Debug)]
pub(super) struct Scratch<E: Elem> {
    capacity: usize,
    buffers: Vec<Buffers<E>>,
}

impl<E: Elem> Scratch<E> {
    pub fn empty() -> Self {
        Self { capacity: 0, buffers: Vec::new() }
    }
}

impl<E: Elem> Shard<E> {
    pub fn empty() -> Self {
        let (buffers, metrics) = (Vec::new(), Vec::new());
        Self { first: 0, rows: 0, capacity: 0, shares: false, blocks: 0, buffers, metrics, bad: None }
    }
    /// Makes the buffers large enough for `rows` examples from the `first` on; gradients only if they are `wanted`. Where `shares_scratch`, a pass for [`Wanted::Weights`] or [`Wanted::WeightsAndInput`] needs
    /// [`exchange_scratch`](Self::exchange_scratch) around it.
    pub fn prepare(
        &mut self,
        program: &Program<E>,
        first: usize,
        rows: usize,
        wanted: Option<Wanted>,
        shares_scratch: bool,
    ) {
        let count = program.blocks.len() - usize::from(wanted == Some(Wanted::WeightsButLast));
        let blocks = &program.blocks[..count];
        let shared = shares_scratch && matches!(wanted, Some(Wanted::Weights | Wanted::WeightsAndInput));
        if rows > self.capacity || self.blocks != count || self.shares != shared {
            (self.capacity, self.blocks, self.shares) = (rows.max(self.capacity), count, shared);
            let new = if shared { Buffers::without_scratch } else { Buffers::new };
            self.buffers = blocks.iter().map(|b| new(b, self.capacity)).collect();
        }
        if let Some(wanted) = wanted {
            self.metrics.resize(self.capacity, [0.0; 3]);
            for (buffers, block) in self.buffers.iter_mut().zip(blocks) {
                buffers.prepare_gradient(block, self.capacity, !shared || block.keeps_gradient());
                if !shared {
                    buffers.prepare_epilogue(block, self.capacity);
                }
                if wanted.learns() {
                    buffers.prepare_sums(block, program);
                } else {
                    buffers.grads.clear();
                }
            }
        }
        (self.first, self.rows, self.bad) = (first, rows, None);
    }
    /// Takes scratch buffers in, or gives them back.
    pub fn exchange_scratch(&mut self, program: &Program<E>, scratch: &mut Scratch<E>) {
        if scratch.capacity < self.capacity {
            let new = |b| Buffers::scratch(b, self.capacity);
            *scratch = Scratch { capacity: self.capacity, buffers: program.blocks.iter().map(new).collect() };
        }
        for ((mine, its), block) in self.buffers.iter_mut().zip(&mut scratch.buffers).zip(&program.blocks) {
            mine.exchange_scratch(its, block);
        }
    }
    /// The examples of the batch that are this shard's.
    pub fn part<'x>(&self, x: &'x [E], dim: usize) -> &'x [E] {
        &x[self.first * dim..(self.first + self.rows) * dim]
    }

    /// Runs `x`, the rows of the network's input, through the blocks of a range.
    pub fn forward(&mut self, cx: Context<'_, E>, x: Strided<'_, E>, blocks: Range<usize>) {
        for i in blocks.start..blocks.end.min(self.blocks) {
            let (before, rest) = self.buffers.split_at_mut(i);
            operation(cx, &cx.program.blocks[i], before, x, (self.first, self.rows), &mut rest[0]);
        }
    }
    /// As [`forward`](Self::forward) up to block `end`, where the first matmul has been done.
    pub fn forward_after(&mut self, cx: Context<'_, E>, first: &FirstMatmul<E>, shard: usize, end: usize) {
        let (block, buffers) = (&cx.program.blocks[0], &mut self.buffers[0]);
        first.gather(shard, buffers.z.as_mut_slice(), block.middle.stride());
        buffers.finish(cx.program, block, &cx.pass, self.first, self.rows);
        self.forward(cx, (&[], 1), 1..end);
    }
    /// Statistics of the input of the batch normalisation that begins at block `i`.
    pub fn moments(&mut self, program: &Program<E>, x: Strided<'_, E>, i: usize) {
        let BlockOp::BatchNorm(n) = program.blocks[i].op else { return };
        let (before, rest) = self.buffers.split_at_mut(i);
        let (block, norm) = (&program.blocks[i], &program.batch_norms[n]);
        let (x, stride) = source(before, x, block, 0);
        let channels = program.plains[norm.params[0]].value.len();
        let moments =
            rest[0].moments.get_or_insert_with(|| sparring_tensor::normalize::Moments::new(channels));
        norm.block.moments(self.rows, x, stride, moments);
    }

    /// The outputs and the place of the gradient at them; `x` as in `forward`.
    pub fn output_rows<'a>(
        &'a mut self,
        program: &Program<E>,
        (x, stride): Strided<'a, E>,
    ) -> OutputRows<'a, E> {
        let block = program.last();
        let buffers = self.buffers.last_mut().expect("a block has buffers");
        let (y, dy) = buffers.ends();
        let (cols, y_stride) = (block.output.len(), block.output.stride());
        let metrics = &mut self.metrics[..self.rows];
        let (first, rows, total) = (self.first, self.rows, cols);
        OutputRows {
            first,
            rows,
            cols,
            from: 0,
            total,
            y,
            dy,
            stride: y_stride,
            metrics,
            inputs: x,
            inputs_stride: stride,
            inputs_cols: program.dim,
        }
    }
    /// The outputs.
    pub fn outputs(&self, program: &Program<E>) -> Strided<'_, E> {
        (self.buffers.last().expect("a block has buffers").output(), program.last().output.stride())
    }

    /// The backward pass through a range of blocks, from the gradient at the output of the last; `x` as in `forward`. `dx` receives the gradient at the input.
    pub fn backward(
        &mut self,
        cx: Context<'_, E>,
        x: Strided<'_, E>,
        mut dx: Option<&mut [E]>,
        blocks: Range<usize>,
    ) {
        let program = cx.program;
        let blocks = blocks.start..blocks.end.min(self.blocks);
        if cx.wanted.learns() && blocks.end == self.blocks {
            let last = &program.blocks[self.blocks - 1];
            self.buffers[self.blocks - 1].flush_output(last, self.rows);
        }
        for i in blocks.clone().rev() {
            let block = &program.blocks[i];
            if !cx.wanted.reaches_input() && !block.learns {
                continue;
            }
            let (before, rest) = self.buffers.split_at_mut(i);
            let buffers = &mut rest[0];
            let flushes = cx.wanted.learns() && block.flushes;
            if !buffers.epilogue_backward(program, block, &cx.pass, self.rows, flushes) {
                self.bad = self.bad.or(block.weight());
            }
            parameter_gradients(cx, block, before, x, 0..self.rows, buffers);
            // Where a block spans the batch, the rest needs the sums of all shards.
            if !(cx.pass.batch && program.spans_batch(block)) {
                input_gradient(cx, block, before, x, dx.as_deref_mut(), 0..self.rows, buffers);
            }
        }
    }
    /// What a block that spans the batch passes on, once the sums of all shards are known. A convolution right before it goes with it, some images at a time: their gradients stay in a
    /// near cache. Returns the first block that has had its turn.
    pub fn backward_through(
        &mut self,
        cx: Context<'_, E>,
        x: Strided<'_, E>,
        mut dx: Option<&mut [E]>,
        i: usize,
    ) -> usize {
        let (program, rows) = (cx.program, self.rows);
        let block = &program.blocks[i];
        let before = i.checked_sub(1).filter(|&j| block.inputs[0].from == Operand::Block(j));
        let conv = before.filter(|&j| {
            let b = &program.blocks[j];
            matches!(b.op, BlockOp::Conv(_) | BlockOp::ConvTranspose(_)) && b.is_bare() && !b.flushes
        });
        for first in (0..rows).step_by(if conv.is_some() { IMAGES } else { rows }) {
            let examples = first..(first + IMAGES).min(rows);
            let examples = if conv.is_some() { examples } else { 0..rows };
            let (before, rest) = self.buffers.split_at_mut(i);
            input_gradient(cx, block, before, x, dx.as_deref_mut(), examples.clone(), &mut rest[0]);
            if let Some(j) = conv {
                let (block, (before, rest)) = (&program.blocks[j], self.buffers.split_at_mut(j));
                parameter_gradients(cx, block, before, x, examples.clone(), &mut rest[0]);
                input_gradient(cx, block, before, x, dx.as_deref_mut(), examples, &mut rest[0]);
            }
        }
        conv.unwrap_or(i)
    }
    /// As [`backward_through`](Self::backward_through) for a layer that ran on a tape: the shard's rows of the gradients at its inputs.
    pub fn backward_given(
        &mut self,
        cx: Context<'_, E>,
        dx: Option<&mut [E]>,
        i: usize,
        grads: &[Option<Array<E>>],
    ) {
        deliver_given(cx, &cx.program.blocks[i], &mut self.buffers[..i], dx, (self.first, self.rows), grads);
    }
    /// Where the gradient at the input of the last block is to be written when that is run elsewhere.
    pub fn last_gradient(&mut self, program: &Program<E>) -> &mut [E] {
        let all = self.rows * program.blocks[self.blocks].input().stride();
        &mut self.buffers.last_mut().expect("a block before the last").output_gradient()[..all]
    }
    /// Input number `k` of block `i` without gaps; `x` are the shard's examples.
    pub fn input_of(&self, program: &Program<E>, i: usize, k: usize, x: &Array<E>) -> Array<E> {
        let block = &program.blocks[i];
        let (x, stride) = source(&self.buffers[..i], (x.as_slice(), program.dim), block, k);
        let len = block.inputs[k].extent.len();
        gathered(x, len, stride, Shape::new(&[1, len]), self.rows)
    }
    /// The input of block `i` and the distance of its rows.
    pub fn input<'a>(&'a self, program: &Program<E>, i: usize, x: Strided<'a, E>) -> Strided<'a, E> {
        source(&self.buffers[..i], x, &program.blocks[i], 0)
    }
}
